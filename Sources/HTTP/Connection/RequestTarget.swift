extension String {
    /// The target of a request, with the letters, digits and `-._~` of its path written as themselves: `%61gents` is
    /// `agents` (RFC 3986 section 6.2.2.2). The query is left alone, and so is all of a path that is none because two
    /// digits are missing behind a percent sign: `%%361` must not become `%61`.
    var withPlainPath: String {
        guard utf8.contains(percent) else { return self }
        var plain: [UInt8] = []
        var rest = Substring(self).utf8
        while let byte = rest.popFirst(), byte != UInt8(ascii: "?") {
            guard byte == percent else {
                plain.append(byte)
                continue
            }
            guard let code = Self.byte(rest.prefix(2)) else { return self }
            if Self.isUnreserved(code) { plain.append(code) } else { plain += [percent] + rest.prefix(2) }
            rest = rest.dropFirst(2)
        }
        let query = utf8.drop { $0 != UInt8(ascii: "?") }
        return String(decoding: plain + query, as: UTF8.self)
    }

    /// The byte of two hexadecimal digits.
    private static func byte(_ digits: Substring.UTF8View) -> UInt8? {
        let text = String(decoding: digits, as: UTF8.self)
        return text.utf8.count == 2 && text.allSatisfy(\.isHexDigit) ? UInt8(text, radix: 16) : nil
    }

    /// Whether nothing but itself can be meant by a character (RFC 3986 section 2.3).
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }
}

private let percent = UInt8(ascii: "%")
