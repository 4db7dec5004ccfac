/// The coding of a sample that is text.
struct TextCoding: Equatable {
    /// One of `knownCharsets`. Nil for text that only libmagic recognises, if its charset is not one of these for sure.
    let charset: String?

    static let utf8 = "utf-8"

    /// The charsets that are stored and served. Each is ASCII-compatible or marked by a BOM, and every browser knows
    /// it.
    static let knownCharsets: Set = [utf8, "utf-16le", "utf-16be", "iso-8859-1"]

    /// The coding of the bytes, or nil when they are not text.
    ///
    /// Valid UTF-8 without odd control characters is text, whatever libmagic says. Anything else is text only if
    /// libmagic says so.
    static func of(_ bytes: UnsafeRawBufferPointer, isCut: Bool, answer: MagicAnswer) -> TextCoding? {
        if isPlainUTF8(bytes, isCut: isCut) { return TextCoding(charset: utf8) }
        guard answer.encoding != "binary", answer.type.hasPrefix("text/") || TextTypes.canonical(answer.type) != nil
        else {
            return nil
        }
        // libmagic accepts a character that is cut short; we do not call such bytes UTF-8.
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
                // The last character may continue after the end of the sample.
                return isCut && error.kind == .truncatedScalar && error.byteOffsets.upperBound == bytes.count
            }
        }
    }

    /// The bytes that libmagic also accepts in text: all but the control characters. Of those it accepts BEL to CR, and
    /// ESC for the colours of a terminal log.
    private static func isTextByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x07...0x0D, 0x1B: true
        case 0..<0x20, 0x7F: false
        default: true
        }
    }
}
