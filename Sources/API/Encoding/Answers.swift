import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Response {
    /// An answer with JSON in UTF-8, members in the order of their names.
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response.json(bytes: try ByteBuffer.json(value), status: status)
    }

    /// 201 for something that was created, or that an earlier request has created: then a header says so.
    package static func created(_ value: some Encodable, isRepeat: Bool) throws -> Response {
        var response = try Response.json(value, status: .created)
        if isRepeat { response.headers[.idempotencyReplayed] = "true" }
        return response
    }
}

extension ByteBuffer {
    /// JSON in UTF-8, members in the order of their names.
    package static func json(_ value: some Encodable) throws -> ByteBuffer {
        ByteBuffer(bytes: try JSONText.bytes(of: value))
    }
}
