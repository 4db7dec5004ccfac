import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The most bytes a JSON body may have (contract section 1).
    package static let maxJSONBytes = 8 * 1024 * 1024

    private static let maxInlineBytes = 65_536

    /// The length the client declared, if any.
    package var declaredLength: Int64? { headers[.contentLength].flatMap { Int64($0) } }

    /// The members of the JSON object in the body.
    ///
    /// - Throws: ``APIError`` 415 when the body is declared as something else, 413 when it is too large, 400 when it is
    ///   not a JSON object.
    package func jsonFields(on connection: Connection) async throws -> JSONFields {
        try refuseOtherThanJSON()
        return try JSONFields(try await Self.parse(try await jsonBytes(on: connection)))
    }

    /// The same where a body may be left out: none and an empty one, of whatever type, are an object without members.
    package func optionalJSONFields(on connection: Connection) async throws -> JSONFields {
        let bytes = try await jsonBytes(on: connection)
        guard bytes.readableBytes > 0 else { return try JSONFields(.object([:])) }
        try refuseOtherThanJSON()
        return try JSONFields(try await Self.parse(bytes))
    }

    private func refuseOtherThanJSON() throws(APIError) {
        guard let type = headers[.contentType], !Self.isJSON(type) else { return }
        throw APIError(.unsupportedMediaType, "Send the body as Content-Type: application/json")
    }

    private func jsonBytes(on connection: Connection) async throws -> ByteBuffer {
        let tooLarge = APIError(.contentTooLarge, "The JSON body is larger than \(Self.maxJSONBytes) bytes")
        if let length = declaredLength, length > Self.maxJSONBytes { throw tooLarge }
        try await connection.acceptBody()
        var bytes = ByteBuffer()
        for try await var part in body {
            guard bytes.readableBytes + part.readableBytes <= Self.maxJSONBytes else { throw tooLarge }
            bytes.writeBuffer(&part)
        }
        return bytes
    }

    /// Large bodies take up to a few hundred milliseconds: not on the event loop, which a detached task leaves.
    private static func parse(_ bytes: ByteBuffer) async throws -> JSONValue {
        guard bytes.readableBytes > maxInlineBytes else { return try JSONValue(parsing: bytes.readableBytesView) }
        return try await Task.detached { try JSONValue(parsing: bytes.readableBytesView) }.value
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type == "application/json" || type.hasSuffix("+json")
    }

    /// A query parameter that the route cannot do without, such as `channel`.
    ///
    /// - Throws: ``APIError`` 400 when it is missing, empty or has U+0000 in it.
    package func requiredQuery(_ name: String) throws(APIError) -> String {
        guard let value = try query(name), !value.isEmpty else {
            throw .invalid(name, "is required as a query parameter", code: "required")
        }
        return value
    }

    /// A query parameter, percent-decoded.
    ///
    /// - Throws: ``APIError`` 400 when it has U+0000 in it, where C libraries would take the text to end.
    package func query(_ name: String) throws(APIError) -> String? {
        guard let value = uri.queryParameters[name[...]] else { return nil }
        guard !value.unicodeScalars.contains("\0") else { throw .invalidCharacter(in: name) }
        return String(value)
    }
}
