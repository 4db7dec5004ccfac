extension MediaType {
    /// The type of a `Content-Type` value, in lower case and without parameters (RFC 9110 section 8.3.1).
    ///
    /// Nil when the value is absent, longer than 255 bytes, a wildcard, not `type/subtype`, or has a control or
    /// non-ASCII character.
    package static func normalisedDeclaredType(_ value: String?) -> String? {
        guard let value, value.utf8.count <= 255, value.utf8.allSatisfy(isFieldByte) else { return nil }
        let name = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        let halves = trimmed(name).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy(isToken) else { return nil }
        return halves.map { String(decoding: $0, as: UTF8.self).lowercased() }.joined(separator: "/")
    }

    /// The `charset` of a `Content-Type` value, without quotes. Nil when there is none.
    static func declaredCharset(_ value: String?) -> String? {
        guard normalisedDeclaredType(value) != nil, let value else { return nil }
        for parameter in value.split(separator: ";").dropFirst() {
            let halves = parameter.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, String(trimmed(halves[0].utf8))?.lowercased() == "charset" else { continue }
            return String(trimmed(halves[1].utf8))?.split(separator: "\"").first.map(String.init)
        }
        return nil
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }

    /// A newline could become a header in our own answers, so it makes the whole value invalid, even outside the name.
    private static func isFieldByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\t") || (0x20..<0x7F).contains(byte)
    }

    /// A token (RFC 9110 section 5.6.2) without `*`, which would make it a range of types.
    private static func isToken(_ bytes: Substring.UTF8View) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(tokenBytes.contains)
    }

    private static let tokenBytes = Set(
        "!#$%&'+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8
    )
}
