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
    /// - Parameters:
    ///   - mayBeMissing: whether the body may be left out. An empty body may then be declared as any type.
    ///   - limit: the most bytes that it may have.
    /// - Throws: ``APIError`` 415 when the body is declared as another type or is coded, 413 when it is larger.
    package func jsonBytes(on connection: Connection, mayBeMissing: Bool, limit: Int) async throws -> ByteBuffer {
        if !mayBeMissing { try refuseOtherThanJSON() }
        try refuseCodedBody()
        let tooLarge = APIError(.contentTooLarge, "The JSON body is larger than \(limit) bytes")
        if let length = declaredLength, length > limit { throw tooLarge }
        try await connection.acceptBody()
        var bytes = ByteBuffer()
        for try await var part in body {
            guard bytes.readableBytes + part.readableBytes <= limit else { throw tooLarge }
            bytes.writeBuffer(&part)
        }
        if bytes.readableBytes > 0 { try refuseOtherThanJSON() }
        return bytes
    }

    /// Every route that reads a body calls this: bytes that are compressed are neither JSON nor the file that is meant.
    ///
    /// - Throws: ``APIError`` 415 for any `Content-Encoding` but `identity` (RFC 9110 section 15.5.16).
    package func refuseCodedBody() throws(APIError) {
        let codings = headers[values: .contentEncoding].joined(separator: ",").split(separator: ",").map(\.trimmed)
        guard codings.contains(where: { !$0.isEmpty && $0.lowercased() != "identity" }) else { return }
        throw APIError(
            .unsupportedMediaType,
            "Send the body as it is, without Content-Encoding",
            headers: [.acceptEncoding: "identity"]
        )
    }

    private func refuseOtherThanJSON() throws(APIError) {
        guard let type = headers[.contentType], !Self.isJSON(type) else { return }
        throw APIError(.unsupportedMediaType, "Send the body as Content-Type: application/json")
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type == "application/json" || type.hasSuffix("+json")
    }
}
