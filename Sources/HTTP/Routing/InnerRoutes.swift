import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The routes of the network, asked from inside: for a protocol that says in another way what the API says.
///
/// A request goes the whole way of one from outside: its key is judged, it is counted, logged and audited. So whoever
/// asks this way can do nothing that the API does not allow.
package final class InnerRoutes: Sendable {
    /// What an inner request has of the one from outside: who asks, and who says so.
    private static let inherited: [HTTPField.Name] = [
        .apiKey, .authorization, .forwardedFor, .forwardedHost, .forwardedProto,
    ]

    private let responder = Mutex<RequestResponder?>(nil)

    init() {}

    /// Called once, when all routes have been added.
    func fill(_ responder: RequestResponder) {
        self.responder.withLock { $0 = responder }
    }

    /// Sends a request as the caller of `outer`, on its connection, and gathers the answer.
    ///
    /// - Parameter path: with its query, all of it percent-encoded.
    /// - Throws: what ends a request from outside without an answer, such as its cancellation.
    package func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer(),
        for outer: Request,
        _ context: AgentContext
    ) async throws -> (status: HTTPResponse.Status, body: ByteBuffer) {
        guard let responder = responder.withLock({ $0 }) else { throw APIError(.serviceUnavailable, "Not started yet") }
        var head = outer.head
        (head.method, head.path) = (method, path)
        head.headerFields = headers
        for name in Self.inherited { head.headerFields[fields: name] = outer.headers[fields: name] }
        if body.readableBytes > 0 { head.headerFields[.contentLength] = String(body.readableBytes) }
        let request = Request(head: head, body: RequestBody(buffer: body))
        let source = ApplicationRequestContextSource(channel: context.connection.channel, logger: context.logger)
        let response = try await responder.respond(to: request, context: RootContext(source: source))
        let gathered = Gathered()
        try await response.body.write(gathered)
        return (response.status, gathered.bytes.withLock { $0 })
    }
}

/// What a body writes, all of it.
private final class Gathered: ResponseBodyWriter, Sendable {
    let bytes = Mutex(ByteBuffer())

    func write(_ buffer: ByteBuffer) async throws {
        _ = bytes.withLock { $0.writeImmutableBuffer(buffer) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
