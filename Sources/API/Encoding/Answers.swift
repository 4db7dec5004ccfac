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
}

extension ByteBuffer {
    /// JSON in UTF-8, members in the order of their names.
    package static func json(_ value: some Encodable) throws -> ByteBuffer {
        ByteBuffer(bytes: try JSONText.bytes(of: value))
    }
}
