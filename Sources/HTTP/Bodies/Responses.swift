import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static let jsonType = "application/json; charset=utf-8"

    /// A JSON answer in UTF-8, keys in a stable order.
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        json(try ByteBuffer.json(value), status: status)
    }

    /// An answer of bytes that are JSON already.
    static func json(_ bytes: ByteBuffer, status: HTTPResponse.Status) -> Response {
        let headers: HTTPFields = [.contentType: jsonType, .xContentTypeOptions: "nosniff"]
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}

extension Response {
    /// Bytes that somebody else made, which browsers take for `type` and nothing else, within `policy`, and only in pages of
    /// ours.
    ///
    /// - Parameter policy: of what they may do (`Content-Security-Policy`).
    package static func foreign(_ bytes: ByteBuffer, type: String, policy: String) -> Response {
        let headers: HTTPFields = [
            .contentType: type,
            .cacheControl: "private, no-cache",
            .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: policy,
            .crossOriginResourcePolicy: "same-origin",
            .referrerPolicy: "no-referrer",
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}

extension HTTPField.Name {
    package static let referrerPolicy = HTTPField.Name("referrer-policy")!
}

extension ByteBuffer {
    /// JSON in UTF-8, keys in a stable order.
    package static func json(_ value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(bytes: try encoder.encode(value))
    }
}
