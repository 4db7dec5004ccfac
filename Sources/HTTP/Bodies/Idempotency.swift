import HTTPTypes
import Hummingbird

extension Request {
    /// In characters.
    package static let maxIdempotencyKey = 255

    /// The value of `Idempotency-Key`, bare or as a quoted string of RFC 9651 section 3.3.3: both spell the same key. Nil
    /// without one.
    ///
    /// - Throws: ``APIError`` 400 unless it has 1 to 255 visible ASCII characters.
    package func idempotencyKey() throws(APIError) -> String? {
        guard let value = headers[.idempotencyKey] else { return nil }
        let key = value.hasPrefix("\"") ? value.unquoted : value
        guard let key, 1...Self.maxIdempotencyKey ~= key.utf8.count, key.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            throw .invalid(
                "Idempotency-Key",
                "must have 1 to \(Self.maxIdempotencyKey) visible ASCII characters, bare or in double quotes"
            )
        }
        return key
    }
}

extension String {
    /// What stands between double quotes, where a backslash stands before a quote or another backslash. Nil for anything
    /// else.
    fileprivate var unquoted: String? {
        guard utf8.count >= 2, hasSuffix("\"") else { return nil }
        var (text, rest) = ("", dropFirst().dropLast()[...])
        while let character = rest.popFirst() {
            switch character {
            case "\"": return nil
            case "\\":
                guard let escaped = rest.popFirst(), escaped == "\"" || escaped == "\\" else { return nil }
                text.append(escaped)
            default: text.append(character)
            }
        }
        return text
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    package static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}
