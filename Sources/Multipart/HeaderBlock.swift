import NIOCore

/// One header field of a part, with its name in lower case and its value unfolded.
struct HeaderField: Equatable {
    let name: String
    var value: [UInt8]
}

/// Collects the header lines of one part up to the blank line, then reads them (RFC 2046 section 5.1, RFC 5322 section
/// 2.2).
///
/// Keeps at most `maxBytes` and one byte more. Looks at each byte once, however small the buffers are.
struct HeaderBlock: Sendable {
    private let maxBytes: Int
    private var bytes: [UInt8] = []
    private var lineStart = 0

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    /// How many bytes of header lines it holds at the moment.
    var byteCount: Int { bytes.count }

    /// Consumes header lines. Returns what they say once it has read the blank line, and nil while it needs more bytes.
    ///
    /// It is then ready for the next part. Throws `.headersTooLarge` at the first byte past the limit, and
    /// `.malformedHeader` for a line without CRLF or without a name.
    mutating func read(from input: inout ByteBuffer) throws(MultipartError) -> PartHeaders? {
        while input.readableBytes > 0 {
            let isWhole = collectLine(from: &input)
            guard bytes.count <= maxBytes else { throw .headersTooLarge(limit: maxBytes) }
            guard isWhole else { return nil }
            let line = bytes[lineStart...].dropLast()
            guard line.last == .carriageReturn else { throw .malformedHeader }
            lineStart = bytes.count
            if line.count == 1 { return try close() }
        }
        return nil
    }

    /// Moves in the rest of the current line, as far as it is there and the limit allows. Returns whether the line is
    /// complete.
    private mutating func collectLine(from input: inout ByteBuffer) -> Bool {
        let allowed = input.readableBytesView.prefix(maxBytes + 1 - bytes.count)
        let lineEnd = allowed.firstIndex(of: .lineFeed)
        let line = lineEnd.map { allowed[...$0] } ?? allowed
        bytes.append(contentsOf: line)
        input.moveReaderIndex(forwardBy: line.count)
        return lineEnd != nil
    }

    private mutating func close() throws(MultipartError) -> PartHeaders {
        let fields = try Self.fields(bytes.dropLast(2))
        bytes.removeAll(keepingCapacity: true)
        lineStart = 0
        return PartHeaders(fields: fields)
    }

    /// Reads lines that all end in CRLF. A line that begins with a space or tab continues the previous one.
    private static func fields(_ lines: ArraySlice<UInt8>) throws(MultipartError) -> [HeaderField] {
        var fields: [HeaderField] = []
        for line in lines.split(separator: .lineFeed).map({ $0.dropLast() }) {
            if line.first?.isBlank == true {
                guard let last = fields.indices.last else { throw .malformedHeader }
                fields[last].value += line
                continue
            }
            guard let colon = line.firstIndex(of: .colon) else { throw .malformedHeader }
            let name = line[..<colon].trimmed
            guard !name.isEmpty else { throw .malformedHeader }
            fields.append(HeaderField(name: name.text.lowercased(), value: Array(line[(colon + 1)...])))
        }
        return fields
    }
}
