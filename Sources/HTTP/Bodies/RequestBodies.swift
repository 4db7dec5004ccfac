import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The most bytes that a JSON body may have (docs/api.md, "Conventions").
    package static let maxJSONBytes = 8 * 1024 * 1024

    /// The length that the client declared, if it did.
    package var declaredLength: Int64? { headers[.contentLength].flatMap { Int64($0) } }

    /// The bytes of a JSON body, not yet parsed.
    ///
    /// - Parameter mayBeMissing: whether the body may be left out. An empty body may then be declared as any type.
    /// - Throws: ``APIError`` 415 when the body is declared as another type, 413 when it is larger than
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

    /// A query parameter that the route needs, such as `channel`.
    ///
    /// - Throws: ``APIError`` 400 when it is missing, empty or contains U+0000.
    package func requiredQuery(_ name: String) throws(APIError) -> String {
        guard let value = try query(name), !value.isEmpty else {
            throw .invalid(name, "is required as a query parameter", code: "required")
        }
        return value
    }

    /// A query parameter, percent-decoded; nil when it is missing.
    ///
    /// - Throws: ``APIError`` 400 when it contains U+0000, at which C libraries would cut the text.
    package func query(_ name: String) throws(APIError) -> String? {
        guard let value = uri.queryParameters[name[...]] else { return nil }
        guard !value.unicodeScalars.contains("\0") else { throw .invalidCharacter(in: name) }
        return String(value)
    }
}
