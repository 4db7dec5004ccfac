/// The coding of a sample that is text.
struct TextCoding: Equatable {
    /// The charset, when it is sure: UTF-8, UTF-16 by its mark, or a declared one in which the bytes are text.
    let charset: String?

    /// The coding of bytes that are not plain UTF-8, or nil when they are not text.
    ///
    /// What libmagic takes for text is text, unless it opens with the mark of a format that is none (``OpeningMark``).
    /// What a hint calls text stays text with a few odd control characters, and what nobody knows with very few.
    static func of(
        _ bytes: UnsafeRawBufferPointer,
        isCut: Bool,
        answer: MagicAnswer,
        _ hints: TypeHints
    ) -> TextCoding? {
        guard OpeningMark.type(of: bytes, hints) == nil else { return nil }
        let isKnownText = looksLikeText(answer) && !isBrokenUTF32(bytes, answer)
        if isKnownText, utf16.contains(answer.encoding) { return TextCoding(charset: answer.encoding) }
        // Counting looks at every byte, which a picture or an archive is spared.
        guard isKnownText || hints.sayText || isGuess(answer) else { return nil }
        let census = ByteCensus(bytes, isCut: isCut)
        guard isKnownText || isTextWithOddities(census, answer, hints, of: bytes.count) else {
            return nil
        }
        return TextCoding(charset: charset(bytes, isCut: isCut, census, hints))
    }

    /// libmagic gives an encoding to bytes that look like text, also when it takes two letters for a font or a mail.
    private static func looksLikeText(_ answer: MagicAnswer) -> Bool {
        guard answer.encoding != "binary" else { return false }
        if answer.type.hasPrefix("text/") || TextTypes.canonical(answer.type) != nil { return true }
        // Pixels and samples may look like letters.
        guard !["image/", "audio/", "video/"].contains(where: answer.type.hasPrefix) else { return false }
        return ["utf-8", "us-ascii", "iso-8859-1"].contains(answer.encoding)
    }

    /// libmagic is content with the mark of UTF-32.
    private static func isBrokenUTF32(_ bytes: UnsafeRawBufferPointer, _ answer: MagicAnswer) -> Bool {
        guard answer.encoding.hasPrefix("utf-32") else { return false }
        return stride(from: 0, through: bytes.count - 4, by: 4).contains { offset in
            let unit = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return Unicode.Scalar(answer.encoding == "utf-32be" ? unit.bigEndian : unit.littleEndian) == nil
        }
    }

    /// Whether libmagic has not told what the bytes are.
    private static func isGuess(_ answer: MagicAnswer) -> Bool {
        answer.type == MediaType.unknown || answer.type == TextTypes.plain
    }

    private static func isTextWithOddities(
        _ census: ByteCensus,
        _ answer: MagicAnswer,
        _ hints: TypeHints,
        of count: Int
    ) -> Bool {
        if hints.sayText { return census.hasFewOdd(oneIn: census.isSurelyUTF8 || census.selectsCharacters ? 8 : 64) }
        // Records of some formats are words that zeros fill up.
        if census.count != count, census.oddCount > 0 || census.count < count / 2 { return false }
        return isGuess(answer) && census.isUTF8 && census.hasFewOdd(oneIn: 64)
    }

    private static func charset(
        _ bytes: UnsafeRawBufferPointer,
        isCut: Bool,
        _ census: ByteCensus,
        _ hints: TypeHints
    ) -> String? {
        if census.isSurelyUTF8 { return Charset.utf8 }
        guard !census.hasZeros, !census.selectsCharacters, let declared = hints.charset,
            Charset.decodes(bytes, as: declared, isCut: isCut)
        else { return nil }
        return declared
    }

    private static let utf16: Set = ["utf-16le", "utf-16be"]

    /// Whether the bytes are UTF-8 without odd control characters. Such bytes are text, and most uploads are.
    static func isPlainUTF8(_ bytes: UnsafeRawBufferPointer, isCut: Bool) -> Bool {
        let controls = controls(in: bytes)
        guard !controls.areOdd, !controls.haveEscapes || !selectsCharacters(bytes) else { return false }
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

    /// Whether libmagic knows no encoding in which the bytes are text: not with NUL to ETX before the zeros at the end,
    /// which EBCDIC has neither. UTF-16, UTF-32 and UTF-7 have marks.
    static func isNone(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let end = bytes.lastIndex(where: { $0 != 0 }), !unicodeMarks.contains(where: bytes.starts) else {
            return false
        }
        return bytes[...end].contains { $0 <= 3 }
    }

    private static let unicodeMarks: [[UInt8]] = [[0xFE, 0xFF], [0xFF, 0xFE], [0, 0, 0xFE, 0xFF], Array("+/v".utf8)]

    private static func selectsCharacters(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.indices.contains { bytes[$0] == 0x1B && ByteCensus.selectsCharacters(bytes, at: $0) }
    }

    /// Whether there are control characters that libmagic does not accept in text, and whether there is ESC. It accepts
    /// BEL to CR, and ESC for the colours of a terminal log.
    ///
    /// Looks at every byte without a branch, so that the compiler takes many at a time: 64 KiB in 36 µs, with the check
    /// of UTF-8, instead of 98 µs.
    private static func controls(in bytes: UnsafeRawBufferPointer) -> (areOdd: Bool, haveEscapes: Bool) {
        var (odd, escapes): (UInt8, UInt8) = (0, 0)
        for byte in bytes {
            let isControl: UInt8 = byte < 0x20 || byte == 0x7F ? 1 : 0
            let isEscape: UInt8 = byte == 0x1B ? 1 : 0
            let isUsual: UInt8 = byte &- 0x07 < 0x07 ? 1 : 0
            odd |= isControl & ~(isUsual | isEscape)
            escapes |= isEscape
        }
        return (odd != 0, escapes != 0)
    }
}
