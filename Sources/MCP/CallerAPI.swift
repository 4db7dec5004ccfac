import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// The agent API, asked as the caller of a tool.
struct CallerAPI: Sendable {
    let routes: InnerRoutes
    /// The request from outside.
    let request: Request
    let context: AgentContext

    /// - Parameters:
    ///   - path: below `/api/v1/`. Each part of it is percent-encoded here.
    ///   - query: what is nil is left out.
    /// - Throws: ``ToolFailure`` with the sentence of the refusal; ``APIError`` 401 when the key has ended.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String...,
        query: KeyValuePairs<String, String?> = [:],
        body: JSONObject? = nil
    ) async throws -> JSONValue {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }
        let path = "/api/v1/" + path.map(\.percentEncoded).joined(separator: "/")
        let answer = try await routes.answer(
            method,
            pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&"),
            body == nil ? [:] : [.contentType: "application/json"],
            body: body.map { ByteBuffer(string: JSONValue.object($0).encoded()) } ?? ByteBuffer(),
            for: request,
            context
        )
        let value = (try? JSONValue(parsing: answer.body.readableBytesView)) ?? .null
        if answer.status.kind == .successful { return value }
        if answer.status == .unauthorized { throw APIError.invalidAPIKey }
        let sentence = value["message"]?.text ?? "The server answered \(answer.status.code)"
        // Tools call it so.
        let told = sentence.hasPrefix("channelId: ") ? "channel: \(sentence.dropFirst(11))" : sentence
        throw ToolFailure(told, status: answer.status)
    }

    /// Where the bytes of a file are, for whoever has a key.
    func url(ofFile id: String) -> String {
        "\(context.connection.client.origin)/api/v1/files/\(id.percentEncoded)/download"
    }
}

/// Why a tool did nothing. The model reads the sentence and can do better; the protocol has not failed.
struct ToolFailure: Error {
    let sentence: String
    /// Of the API.
    var status: HTTPResponse.Status?

    init(_ sentence: String, status: HTTPResponse.Status? = nil) {
        (self.sentence, self.status) = (sentence, status)
    }

    var result: ToolResult {
        ToolResult(content: [.text(sentence)], isError: true)
    }
}
