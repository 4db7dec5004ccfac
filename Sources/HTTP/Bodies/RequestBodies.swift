import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The most bytes a JSON body may have (docs/api.md, Conventions).
    package static let maxJSONBytes = 8 * 1024 * 1024

    /// The length the client declared, if any.
    package var declaredLength: Int64? { headers[.contentLength].flatMap { Int64($0) } }

    /// The bytes of a JSON body, not yet parsed.
    ///
    /// - Parameter mayBeMissing: whether there may be none; an empty body may then be declared as anything.
    /// - Throws: ``APIError`` 415 when the body is declared as something else, 413 when it is larger than
    ///   ``maxJSONBytes``.
    package func jsonBytes(on connection: Connection, mayBeMissing: Bool) async throws -> ByteBuffer {
        if !mayBeMissing { try refuseOtherThanJSON() }
        let tooLarge = APIError(.contentTooLarge, "The JSON body is larger than \(Self.maxJSONBytes) bytes")
        if let length = declaredLength, length > Self.maxJSONBytes { throw tooLarge }
        try await connection.acceptBody()
        var bytes = ByteBuffer()
        for try await var part in body {
            guard bytes.readableBytes + part.readableBytes <= Self.maxJSONBytes else { throw tooLarge }
            bytes.writeBuffer(&part)
        }
        if bytes.readableBytes > 0 { try refuseOtherThanJSON() }
        return bytes
    }

    private func refuseOtherThanJSON() throws(APIError) {
        guard let type = headers[.contentType], !Self.isJSON(type) else { return }
        throw APIError(.unsupportedMediaType, "Send the body as Content-Type: application/json")
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
