extension String {
    /// The target of a request, with the letters, digits and `-._~` of its path written as themselves: `%61gents` is
    /// `agents` (RFC 3986 section 6.2.2.2). The query is left alone.
    var withPlainPath: String {
        guard utf8.contains(percent) else { return self }
        var plain: [UInt8] = []
        var rest = Substring(self).utf8
        while let byte = rest.popFirst(), byte != UInt8(ascii: "?") {
            if byte == percent, let decoded = Self.unreserved(rest.prefix(2)) {
                plain.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                plain.append(byte)
            }
        }
        let query = utf8.drop { $0 != UInt8(ascii: "?") }
        return String(decoding: plain + query, as: UTF8.self)
    }

    /// The character of two hexadecimal digits, if nothing but itself can be meant by it (RFC 3986 section 2.3).
    private static func unreserved(_ digits: Substring.UTF8View) -> UInt8? {
        let text = String(decoding: digits, as: UTF8.self)
        guard text.utf8.count == 2, text.allSatisfy(\.isHexDigit), let byte = UInt8(text, radix: 16) else { return nil }
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            return byte
        default:
            return "-._~".utf8.contains(byte) ? byte : nil
        }
    }
}

private let percent = UInt8(ascii: "%")
