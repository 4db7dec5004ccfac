import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// The answer to one request.
struct Reply {
    let value: JSONValue
    private let status: HTTPResponse.Status

    init(to id: JSONValue, result: JSONObject) {
        value = .object(["jsonrpc": .string("2.0"), "id": id, "result": .object(result)])
        status = .ok
    }

    /// - Parameter status: nil for the one that goes with the error.
    init(to id: JSONValue?, _ error: RPCError, status: HTTPResponse.Status? = nil) {
        value = .object(["jsonrpc": .string("2.0"), "id": id ?? .null, "error": error.value])
        self.status = status ?? error.status
    }

    var response: Response { .json(bytes: ByteBuffer(string: value.encoded()), status: status) }
}

extension Response {
    /// Events of one answer, the last of which is the ``Reply`` (HTML standard section 9.2). Proxies are asked not to
    /// hold them back.
    static func events(
        _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform",
            .xContentTypeOptions: "nosniff", .xAccelBuffering: "no",
        ]
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                try await write(&writer)
                try await writer.finish(nil)
            }
        )
    }
}

extension ByteBuffer {
    static func event(_ message: JSONValue) -> ByteBuffer {
        ByteBuffer(string: "event: message\ndata: \(message.encoded())\n\n")
    }
}
