import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static let jsonType = "application/json; charset=utf-8"

    /// No cache may keep JSON: it is about somebody, and some holds secrets.
    static let jsonFields: HTTPFields = [
        .contentType: jsonType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]

    /// An answer with bytes that are already JSON.
    package static func json(bytes: ByteBuffer, status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: jsonFields, body: ResponseBody(byteBuffer: bytes))
    }

    /// An error, or what a test answers. What handlers answer is written by `API`, which keeps every digit.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        json(bytes: try ByteBuffer.json(value), status: status)
    }
}

extension ByteBuffer {
    static func json(_ value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(bytes: try encoder.encode(value))
    }
}
