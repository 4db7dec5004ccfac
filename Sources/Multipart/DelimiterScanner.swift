import NIOCore

/// Divides bytes into data and delimiter lines, wherever the buffers are cut (RFC 2046 section 5.1.1).
///
/// A delimiter line is `CRLF "--" boundary`, up to 128 spaces or tabs, `CRLF`; the closing delimiter is
/// `CRLF "--" boundary "--"`. Anything else is data: a lone CR or LF, another line end, and a line that only begins
/// with the boundary (`--boundaryX`), which RFC 2046 tells senders to avoid and which Go gives back as data too.
///
/// CR stands at the front of the delimiter and nowhere else in it. So two beginnings never overlap, the bytes of a
/// beginning are known without keeping them (`matched` counts them), and a false start is given back whole.
struct DelimiterScanner: Sendable {
    /// One finding.
    enum Finding {
        case data(ByteBuffer)
        case delimiter(isClosing: Bool)

        var data: ByteBuffer? {
            if case .data(let bytes) = self { bytes } else { nil }
        }
    }

    /// The most spaces and tabs after the boundary that still are transport padding; mail relays added a few.
    static let maxPadding = 128

    private let delimiter: ByteBuffer
    /// How many bytes of the delimiter the input seen so far ends with.
    private var matched = 0
    /// How many of `matched` belong to the line end before this scan (0 or 2) and are no data whatever follows.
    private var borrowed = 0
    /// What was read after a whole delimiter while it is open whether this is a delimiter line.
    private var lineEnd: [UInt8] = []

    /// Starts at the beginning of a body, where no line end is needed before the first delimiter.
    init(boundary: MultipartBoundary) {
        delimiter = ByteBuffer(string: "\r\n--" + boundary.value)
        beginAfterLineEnd()
    }

    /// Bytes read and neither given out nor recognised yet; they are the delimiter and its padding at most.
    var undecidedBytes: Int { matched - borrowed + lineEnd.count }

    /// Starts a scan right after a line end that may also serve as the one of the delimiter.
    ///
    /// This is how a body begins with a delimiter, and how a part without any data may end at its blank line.
    mutating func beginAfterLineEnd() {
        matched = 2
        borrowed = 2
    }

    /// Consumes bytes up to the next finding, or all of them when it needs more to tell.
    mutating func next(from input: inout ByteBuffer) -> Finding? {
        while input.readableBytes > 0 {
            let finding =
                switch matched {
                case 0: search(&input)
                case delimiter.readableBytes: completeLine(&input)
                default: resume(&input)
                }
            if let finding { return finding }
        }
        return nil
    }

    /// Nothing matched so far: finds the next delimiter, or its beginning at the end of the input.
    private mutating func search(_ input: inout ByteBuffer) -> Finding? {
        let found = input.withUnsafeReadableBytes { bytes in
            delimiter.withUnsafeReadableBytes { firstMatch(of: $0, in: bytes) }
        }
        let data = input.readSlice(length: found.offset)
        input.moveReaderIndex(forwardBy: found.length)
        matched = found.length
        return data.flatMap { $0.readableBytes > 0 ? .data($0) : nil }
    }

    /// A part of the delimiter matched: goes on comparing, or gives it back as data.
    private mutating func resume(_ input: inout ByteBuffer) -> Finding? {
        let missing = delimiter.readableBytesView.dropFirst(matched)
        let same = zip(input.readableBytesView, missing).prefix { $0 == $1 }.count
        input.moveReaderIndex(forwardBy: same)
        matched += same
        return input.readableBytes == 0 || matched == delimiter.readableBytes ? nil : giveBack()
    }

    /// The delimiter matched: reads on until the line proves to be a delimiter line, or data.
    private mutating func completeLine(_ input: inout ByteBuffer) -> Finding? {
        while let byte: UInt8 = input.getInteger(at: input.readerIndex) {
            let isPaddedSoFar = lineEnd.last?.isBlank ?? true
            switch byte {
            case .lineFeed where lineEnd.last == .carriageReturn, .hyphen where lineEnd.last == .hyphen:
                input.moveReaderIndex(forwardBy: 1)
                restart(matched: 0)
                return .delimiter(isClosing: byte == .hyphen)
            case .hyphen where lineEnd.isEmpty,
                .carriageReturn where isPaddedSoFar,
                .space where isPaddedSoFar && lineEnd.count < Self.maxPadding,
                .tab where isPaddedSoFar && lineEnd.count < Self.maxPadding:
                input.moveReaderIndex(forwardBy: 1)
                lineEnd.append(byte)
            default:
                return giveBack()
            }
        }
        return nil
    }

    /// A false start: what was held back is data, except that a CR at its end may begin the next delimiter.
    private mutating func giveBack() -> Finding? {
        var data = delimiter.getSlice(at: borrowed, length: matched - borrowed) ?? ByteBuffer()
        let endsInReturn = lineEnd.last == .carriageReturn
        let padding = endsInReturn ? lineEnd.dropLast() : lineEnd[...]
        // Writing would copy the slice, so only when there is something to write.
        if !padding.isEmpty { data.writeBytes(padding) }
        restart(matched: endsInReturn ? 1 : 0)
        return data.readableBytes > 0 ? .data(data) : nil
    }

    private mutating func restart(matched: Int) {
        self.matched = matched
        borrowed = 0
        lineEnd.removeAll(keepingCapacity: true)
    }
}
