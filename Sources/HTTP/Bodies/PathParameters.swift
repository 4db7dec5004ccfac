import Hummingbird

extension RequestContext {
    /// How long a segment may be, in Unicode code points.
    package static var maxParameterLength: Int { 500 }

    /// A segment of the path, percent-decoded (RFC 3986 section 2.1), because clients may give streams any name.
    ///
    /// - Throws: ``APIError`` 400 when it is not UTF-8, contains U+0000 or has more than 500 characters.
    package func pathParameter(_ name: String) throws -> String {
        let raw = try parameters.require(name)
        guard let text = raw.percentDecoded else {
            throw APIError.invalid(name, "is not percent-encoded UTF-8", code: "invalid_string")
        }
        guard !text.unicodeScalars.contains("\0") else { throw APIError.invalidCharacter(in: name) }
        guard text.unicodeScalars.count <= Self.maxParameterLength else {
            throw APIError.invalid(name, "must have at most \(Self.maxParameterLength) characters", code: "too_big")
        }
        return text
    }
}
