/// Ids as a single argument, for `IN (SELECT value FROM json_each(?))`. The text of the statement is then the same for
/// any number of ids.
func jsonArray<Entity>(of ids: some Sequence<Identifier<Entity>>) -> String {
    "[" + ids.map { jsonString($0.rawValue) }.joined(separator: ",") + "]"
}

/// A text as JSON (RFC 8259 section 7). An id may be any text, but almost none needs escapes.
func jsonString(_ text: String) -> String {
    let mustEscape: (UInt8) -> Bool = { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    guard text.utf8.contains(where: mustEscape) else { return "\"\(text)\"" }
    let escaped = text.unicodeScalars.map { scalar in
        guard scalar.isASCII, mustEscape(UInt8(scalar.value)) else { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return "\"\(escaped.joined())\""
}
