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

    /// A list as a plain array. When more follows, a `Link` leads to it (docs/api.md, "Conventions", Lists).
    package static func array<Row>(_ page: PageJSON<Row>, of request: Request) throws -> Response {
        try JSONAnswer(array: page, of: request).response
    }

    /// The same answer, with a `Link` to what follows `cursor` if there is one.
    package func linking(to cursor: String?, of request: Request) -> Response {
        guard let cursor else { return self }
        var response = self
        response.headers[.link] = request.linkToNext(cursor)
        return response
    }
}

extension ByteBuffer {
    /// JSON in UTF-8, members in the order of their names.
    package static func json(_ value: some Encodable) throws -> ByteBuffer {
        ByteBuffer(bytes: try JSONText.bytes(of: value))
    }
}
