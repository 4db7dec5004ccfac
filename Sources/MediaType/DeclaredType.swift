extension MediaType {
    /// The type of a `Content-Type` value in lower case without parameters (RFC 9110 §8.3.1); nil when the value is
    /// absent, longer than 255 bytes, a wildcard, not `type/subtype`, or holds a control or non-ASCII character.
    package static func normalisedDeclaredType(_ value: String?) -> String? {
        guard let value, value.utf8.count <= 255, value.utf8.allSatisfy(isFieldByte) else { return nil }
        let name = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        let halves = trimmed(name).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy(isToken) else { return nil }
        return halves.map { String(decoding: $0, as: UTF8.self).lowercased() }.joined(separator: "/")
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }

    /// A newline here could become a header of our own answers, so the whole value is refused, not only the name.
    private static func isFieldByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\t") || (0x20..<0x7F).contains(byte)
    }

    /// A token of RFC 9110 §5.6.2 without `*`, which would be a range of types and not a type.
    private static func isToken(_ bytes: Substring.UTF8View) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(tokenBytes.contains)
    }

    private static let tokenBytes = Set(
        "!#$%&'+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8
    )
}
