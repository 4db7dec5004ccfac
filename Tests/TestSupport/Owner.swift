import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Testing

/// A user with an API key and a channel, as an agent uses them.
package struct Owner: Sendable {
    package let server: TestServer
    package let key: String
    package let keyID: String
    package var channel: String

    package func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: ByteBuffer? = nil
    ) async throws -> HTTPReply {
        var headers = headers
        headers[.apiKey] = key
        return try await server.send(method, path, headers, body: body)
    }

    /// Sends a form to `/api/v1/files/store`, or to `upload`.
    package func send(_ form: Form, to route: String = "store", _ headers: HTTPFields = [:]) async throws -> HTTPReply {
        var headers = headers
        headers[.contentType] = form.contentType
        return try await send(.post, "/api/v1/files/\(route)", headers, body: form.body)
    }

    package func send(json: String, to path: String) async throws -> HTTPReply {
        try await send(.post, path, [.contentType: "application/json"], body: ByteBuffer(string: json))
    }

    /// Stores a file in the channel and answers its attachment.
    package func store(_ bytes: [UInt8], _ name: String = "file.bin", type: String? = nil) async throws -> JSONValue {
        let answer = try await send(Form(.channel(channel), .file(bytes, name, type: type)))
        try #require(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    package func store(_ text: String, _ name: String = "file.txt") async throws -> JSONValue {
        try await store(Array(text.utf8), name)
    }

    /// The same, when only the id matters.
    package func storedID(_ text: String) async throws -> String {
        try #require(try await store(text)["id"]?.text)
    }

    package func download(_ id: String, _ headers: HTTPFields = [:], query: String = "") async throws -> HTTPReply {
        try await send(.get, "/api/v1/files/\(id)/download\(query)", headers)
    }

    // MARK: Messages

    /// Sends a message with an approval in it, and gives its id.
    package func ask(_ more: String = "", expiresIn seconds: Int = 600) async throws -> String {
        let review = #"{"type":"approval","payload":{"options":[]},"expiresInSeconds":\#(seconds)}"#
        let answer = try await post(#""text":"Deploy?","review":\#(review)\#(more)"#)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"]?.text)
    }

    package func post(_ members: String) async throws -> HTTPReply {
        try await send(json: #"{"channelId":"\#(channel)",\#(members)}"#, to: "/api/v1/messages")
    }

    package func get(_ path: String, _ query: String = "") async throws -> HTTPReply {
        try await send(.get, "/api/v1/\(path)?channel=\(channel)\(query)")
    }

    package func patch(_ path: String, _ members: String) async throws -> HTTPReply {
        let body = ByteBuffer(string: #"{"channelId":"\#(channel)",\#(members)}"#)
        return try await send(.patch, "/api/v1/\(path)", [.contentType: "application/json"], body: body)
    }
}
