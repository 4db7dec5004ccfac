import NIOCore

/// Divides bytes into data and delimiter lines, wherever the buffers are cut (RFC 2046 section 5.1.1).
///
/// A delimiter line is `CRLF "--" boundary`, then up to 128 spaces or tabs, then `CRLF`. The closing delimiter is `CRLF
/// "--" boundary "--"`. Anything else is data: a lone CR or LF, any other line end, and a line that only begins with
/// the boundary (`--boundaryX`). RFC 2046 tells senders to avoid such a line; Go returns it as data too.
///
/// CR is the first byte of the delimiter and occurs nowhere else in it. So two beginnings never overlap, the bytes of a
/// beginning are known without keeping them (`matched` counts them), and a false start can be given back whole.
struct DelimiterScanner: Sendable {
    /// One result of the scan.
    enum Finding {
        case data(ByteBuffer)
        case delimiter(isClosing: Bool)
    }

    /// The most spaces and tabs after the boundary that still count as transport padding. Mail relays added a few.
    static let maxPadding = 128

    private let delimiter: ByteBuffer
    /// How many bytes of the delimiter the end of the input matches so far.
    private var matched = 0
    /// How many of `matched` come from the line end before this scan (0 or 2). They are never data.
    private var borrowed = 0
    /// What was read after a whole delimiter, while it is still open whether this is a delimiter line.
    private var lineEnd: [UInt8] = []

    /// Starts at the beginning of a body, where the first delimiter needs no line end before it.
    init(boundary: MultipartBoundary) {
        delimiter = ByteBuffer(string: "\r\n--" + boundary.value)
        beginAfterLineEnd()
    }

    /// Bytes read but neither given out nor recognised yet: at most the delimiter and its padding.
    var undecidedBytes: Int { matched - borrowed + lineEnd.count }

    /// Starts a scan right after a line end that may also be the line end of the delimiter.
    ///
    /// A body may begin with a delimiter in this way, and a part without data may end at its blank line.
    mutating func beginAfterLineEnd() {
        matched = 2
        borrowed = 2
    }

    /// Consumes bytes up to the next finding, or all of them if it needs more bytes to decide.
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

    /// When nothing has matched yet: finds the next delimiter, or its beginning at the end of the input.
    private mutating func search(_ input: inout ByteBuffer) -> Finding? {
        let found = input.withUnsafeReadableBytes { bytes in
            delimiter.withUnsafeReadableBytes { firstMatch(of: $0, in: bytes) }
        }
        let data = input.readSlice(length: found.offset)
        input.moveReaderIndex(forwardBy: found.length)
        matched = found.length
        return data.flatMap { $0.readableBytes > 0 ? .data($0) : nil }
    }

    /// When part of the delimiter has matched: keeps comparing, or gives it back as data.
    private mutating func resume(_ input: inout ByteBuffer) -> Finding? {
        let missing = delimiter.readableBytesView.dropFirst(matched)
        let same = zip(input.readableBytesView, missing).prefix { $0 == $1 }.count
        input.moveReaderIndex(forwardBy: same)
        matched += same
        return input.readableBytes == 0 || matched == delimiter.readableBytes ? nil : giveBack()
    }

    /// When the whole delimiter has matched: reads on until the line proves to be a delimiter line or data.
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

    /// After a false start: gives back as data what was held, except a final CR, which may begin the next delimiter.
    private mutating func giveBack() -> Finding? {
        var data = delimiter.getSlice(at: borrowed, length: matched - borrowed) ?? ByteBuffer()
        let endsInReturn = lineEnd.last == .carriageReturn
        let padding = endsInReturn ? lineEnd.dropLast() : lineEnd[...]
        // Writing copies the slice, so write only when there is something to add.
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
