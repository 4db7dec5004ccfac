import FoundationEssentials

/// Texts in headers: plain where they are short and ASCII, else as encoded words (RFC 2047) over several lines.
enum HeaderText {
    /// Of a line, beyond which a text is folded.
    private static let lineLength = 76
    private static let opening = "=?utf-8?B?"
    private static let closing = "?="

    /// - Parameter after: how much of the first line is taken.
    static func unstructured(_ text: String, after: Int) -> String {
        let clean = withoutControls(text)
        let isPlain =
            clean.utf8.allSatisfy { $0 < 0x80 } && !clean.contains("=?") && clean.utf8.count + after <= lineLength
        return isPlain ? clean : words(clean, after: after)
    }

    static func mailbox(_ mailbox: MailAddress) -> String {
        guard let name = mailbox.name.map(withoutControls), !name.isEmpty else { return "<\(mailbox.address)>" }
        let isPlain =
            name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == " ") } && name.utf8.count < 60
        return "\(isPlain ? name : words(name, after: "From: ".count))\(isPlain ? " " : "\r\n ")<\(mailbox.address)>"
    }

    /// One blank for each control character and each blank of another kind.
    private static func withoutControls(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isWhitespace || isControl($0) ? " " : $0 })
        )
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

    /// Whole scalars in each word, as the standard wants it.
    private static func words(_ text: String, after: Int) -> String {
        var (words, word) = ([String](), [UInt8]())
        var room = roomForBytes(lineLength - after)
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > room {
                words.append(opening + Data(word).base64EncodedString() + closing)
                (word, room) = ([], roomForBytes(lineLength - 1))
            }
            word += bytes
        }
        return (words + [opening + Data(word).base64EncodedString() + closing]).joined(separator: "\r\n ")
    }

    private static func roomForBytes(_ letters: Int) -> Int { (letters - opening.count - closing.count) / 4 * 3 }
}
