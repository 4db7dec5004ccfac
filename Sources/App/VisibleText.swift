/// What others wrote, such as labels, names and comments, may hold what a terminal obeys instead of showing: escape
/// sequences, carriage returns, controls that turn the direction of reading. It is written here as JSON escapes it
/// (RFC 8259 section 7), such as `\n`, `\u001b` and `\u202e`, so that JSON that is made visible stays the same JSON.
extension String {
    /// The text on one line, with nothing that is obeyed or cannot be seen.
    package var onOneLine: String { escaping(Self.isHidden) }

    /// The same, but line breaks and tabs stay.
    package var visible: String {
        // A CR LF is a line break; a carriage return alone would overwrite the line.
        replacing("\r\n", with: "\n").escaping { !["\n", "\t"].contains($0) && Self.isHidden($0) }
    }

    private func escaping(_ isHidden: (Unicode.Scalar) -> Bool) -> String {
        // Every log line comes by here. Over contiguous bytes this is forty times as fast as over `utf8`.
        var text = self
        let isPlain = text.withUTF8 { bytes in bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
        if isPlain { return self }
        var shown = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if isHidden(scalar) {
                shown.append(contentsOf: Self.escape(scalar).unicodeScalars)
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// Controls, line and paragraph separators, and what only formats, such as U+202E. Two of the last stay, because
    /// emoji and scripts are written with them: the zero-width joiner and non-joiner.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: !["\u{200C}", "\u{200D}"].contains(scalar)
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return #"\n"#
        case "\r": return #"\r"#
        case "\t": return #"\t"#
        default:
            return scalar.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }
}
