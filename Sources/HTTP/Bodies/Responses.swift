import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static let jsonType = "application/json; charset=utf-8"

    /// An answer with JSON in UTF-8, with its keys in a stable order.
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        json(try ByteBuffer.json(value), status: status)
    }

    /// An answer with bytes that are already JSON.
    static func json(_ bytes: ByteBuffer, status: HTTPResponse.Status) -> Response {
        let headers: HTTPFields = [.contentType: jsonType, .xContentTypeOptions: "nosniff"]
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}

extension ByteBuffer {
    /// JSON in UTF-8, with its keys in a stable order.
    package static func json(_ value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(bytes: try encoder.encode(value))
    }
}
