/// How a sample is written, when it is text at all.
struct TextCoding: Equatable {
    /// One of `knownCharsets`; nil for text of which only libmagic is sure, and not of the charset.
    let charset: String?

    static let utf8 = "utf-8"

    /// The charsets that are stored and served. All are ASCII-compatible or marked by a BOM, and known to every
    /// browser.
    static let knownCharsets: Set = [utf8, "utf-16le", "utf-16be", "iso-8859-1"]

    /// The coding of the bytes, or nil when they are not text. Valid UTF-8 without odd control characters is text
    /// whatever libmagic says; any other text needs libmagic to call it so.
    static func of(_ bytes: UnsafeRawBufferPointer, isCut: Bool, answer: MagicAnswer) -> TextCoding? {
        if isPlainUTF8(bytes, isCut: isCut) { return TextCoding(charset: utf8) }
        guard answer.encoding != "binary", answer.type.hasPrefix("text/") || TextTypes.canonical(answer.type) != nil
        else {
            return nil
        }
        // Bytes that are not UTF-8 by our reading are not called so either; libmagic is content with a character cut
        // short.
        let isSure = answer.encoding != utf8 && knownCharsets.contains(answer.encoding)
        return TextCoding(charset: isSure ? answer.encoding : nil)
    }

    static func isPlainUTF8(_ bytes: UnsafeRawBufferPointer, isCut: Bool) -> Bool {
        guard bytes.allSatisfy(isTextByte) else { return false }
        return bytes.withMemoryRebound(to: UInt8.self) { bytes in
            do throws(UTF8.ValidationError) {
                _ = try UTF8Span(validating: bytes.span)
                return true
            } catch {
                // The last character may go on behind the end of the sample.
                return isCut && error.kind == .truncatedScalar && error.byteOffsets.upperBound == bytes.count
            }
        }
    }

    /// The bytes that libmagic too takes for text: all but the control characters, of which BEL to CR and ESC (the
    /// colours of a terminal log) are kept.
    private static func isTextByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x07...0x0D, 0x1B: true
        case 0..<0x20, 0x7F: false
        default: true
        }
    }
}
