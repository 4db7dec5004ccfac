/// Formats that are written as text, or begin as text, and say what they are.
///
/// libmagic is content with less: it takes any text that begins with `%!`, and a log that quotes `%PDF-`.
enum OpeningMark {
    static let pdf = "application/pdf"
    static let postScript = "application/postscript"
    static let rtf = "text/rtf"

    /// The type of a marked sample; nil when there is no mark.
    static func type(of bytes: UnsafeRawBufferPointer, _ hints: TypeHints) -> String? {
        let start = bytes.drop { isBlank($0) || isOfByteOrderMark($0) }
        if start.starts(with: "{\\rtf".utf8) { return rtf }
        if isPostScript(bytes, hints) { return postScript }
        return isPDF(bytes, start) ? pdf : nil
    }

    /// Readers accept up to 1 024 bytes before the header. What stands there must then be a line of its own, and an
    /// object of a PDF must follow.
    private static func isPDF(_ bytes: UnsafeRawBufferPointer, _ start: Slice<UnsafeRawBufferPointer>) -> Bool {
        if isPDFHeader(start) { return true }
        let head = bytes.prefix(1_024)
        for index in head.indices.dropFirst() where head[index] == UInt8(ascii: "%") && isLineEnd(head[index - 1]) {
            if isPDFHeader(bytes[index...]) { return contains(bytes[index...], " obj") }
        }
        return false
    }

    private static func isPDFHeader(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard bytes.starts(with: "%PDF-".utf8) else { return false }
        let version = bytes.dropFirst(5).prefix(3)
        return version.count == 3 && version.first.map(isDigit) == true
            && version.dropFirst().first == UInt8(ascii: ".")
            && version.last.map(isDigit) == true
    }

    /// `%!` alone opens old PostScript, and a message of Go's `fmt`. Then the name or the declared type decides.
    private static func isPostScript(_ bytes: UnsafeRawBufferPointer, _ hints: TypeHints) -> Bool {
        // Printers get ^D, or a language switch, before it.
        let start = bytes.drop { $0 == 0x04 }
        if start.starts(with: "%!PS".utf8) { return true }
        if start.starts(with: "\u{1B}%-12345X".utf8) { return contains(start.prefix(1_024), "%!PS") }
        return hints.meanPostScript && start.starts(with: "%!".utf8)
    }

    private static func contains(_ bytes: Slice<UnsafeRawBufferPointer>, _ word: StaticString) -> Bool {
        UnsafeRawBufferPointer(rebasing: bytes).range(of: word) != nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    private static func isOfByteOrderMark(_ byte: UInt8) -> Bool { byte == 0xEF || byte == 0xBB || byte == 0xBF }
    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
