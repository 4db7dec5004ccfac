/// UTF-8 in lines of at most 76 letters of ASCII (RFC 2045 section 6.7), which any server passes on unchanged.
enum QuotedPrintable {
    private static let lineLength = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Ends of lines become CRLF, and the last line has one too.
    static func bytes(of text: String) -> [UInt8] {
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.reduce(into: []) { result, line in add(Array(line.utf8), to: &result) }
    }

    private static func add(_ line: [UInt8], to result: inout [UInt8]) {
        var length = 0
        for (place, byte) in line.enumerated() {
            let coded =
                isPlain(byte, at: place, of: line) ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            // The sign of a soft break needs room too.
            if length + coded.count > lineLength - 1 {
                result += [0x3D, 0x0D, 0x0A]
                length = 0
            }
            result += coded
            length += coded.count
        }
        result += [0x0D, 0x0A]
    }

    /// Blanks at the end of a line would be lost on the way, and a line that begins with "From " gets a sign before it
    /// in some mailboxes.
    private static func isPlain(_ byte: UInt8, at place: Int, of line: [UInt8]) -> Bool {
        switch byte {
        case 0x20, 0x09: place + 1 < line.count
        case 0x3D: false
        case 0x46: place > 0 || !line.starts(with: Array("From ".utf8))
        default: (0x21...0x7E).contains(byte)
        }
    }
}
