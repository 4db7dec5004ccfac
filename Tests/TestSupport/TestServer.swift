import Accounts
import App
import Blobs
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Index
import IndexSupport
import JSON
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A server without a socket, on a folder of its own; both are gone when `body` returns.
///
/// - Parameter settings: of the environment, such as `PLACET_MAX_UPLOAD_BYTES`.
package func withServer(_ settings: [String: String] = [:], _ body: (TestServer) async throws -> Void) async throws {
    let root = NSTemporaryDirectory() + "placet-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: root) }
    let index = try TestIndex(file: root + "/index.sqlite")
    try await seed(root, index)
    let server = try await TestServer(settings, root: root, index: index, log: Log())
    try await body(server)
    // Some tests have closed it already.
    try? await server.assembly.close()
    index.giveBack()
}

/// Makes a store with its first owner, without the tenth of a second that hashing his password would cost each test.
private func seed(_ root: String, _ index: TestIndex) async throws {
    let blobs = try DiskBlobStore(root: root, threads: .singleton)
    let index = try index.open(storeID: blobs.storeID)
    let owner = User.sample("admin@placet.local", .owner)
    try await index.write { tx in try tx.insert(owner) }
    index.close()
    blobs.close()
}

extension User {
    fileprivate static func sample(_ email: String, _ role: Role) -> User {
        User(
            id: .make(),
            email: email,
            displayName: "Ada",
            role: role,
            passwordHash: "none",
            mustChangePassword: false,
            createdAt: .now()
        )
    }
}

package struct TestServer: Sendable {
    package let assembly: Assembly
    package let root: String
    package let log: Log
    private let index: TestIndex

    fileprivate init(_ settings: [String: String], root: String, index: TestIndex, log: Log) async throws {
        let environment = settings.merging(["PLACET_RATE_LIMIT": "off"]) { given, _ in given }
        var configuration = try ServerConfiguration(arguments: ["storage": root], environment: environment)
        // Files in a bucket, which an operator has to have then, would only take longer.
        if case .postgreSQL(let server) = index.location { configuration.index = server }
        assembly = try await Assembly(configuration, logger: log.logger)
        (self.root, self.index, self.log) = (root, index, log)
    }

    /// The next process on the same folder and index, after this one has closed them. The test closes it.
    package func next(_ settings: [String: String] = [:], log: Log? = nil) async throws -> TestServer {
        try await TestServer(settings, root: root, index: index, log: log ?? self.log)
    }

    /// Sends a request the way the network does.
    package func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: ByteBuffer? = nil
    ) async throws -> HTTPReply {
        try await send(to: assembly.routers.network, method, path, headers, body)
    }

    /// The same, but the body stops on its way: `pause` runs once the handler asks for what comes after `count` bytes.
    /// By then the head has been judged.
    package func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: ByteBuffer,
        pausingAt count: Int,
        _ pause: @escaping @Sendable () async throws -> Void
    ) async throws -> HTTPReply {
        let responder = Pausing(responder: assembly.routers.network, count: count, pause: pause)
        return try await send(to: responder, method, path, headers, body)
    }

    /// Sends a request the way the command line does, by the control socket.
    package func command(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> HTTPReply
    {
        try await send(to: assembly.routers.control, method, "/local/" + path, [:], json.map { ByteBuffer(string: $0) })
    }

    /// A new key for that user, who is made if there is none; with a channel of his own.
    package func owner(_ email: String = "admin@placet.local") async throws -> Owner {
        try await assembly.index.write { tx in
            if try tx.user(email: email) == nil { try tx.insert(.sample(email, .member)) }
        }
        let key = try await command(.post, "keys", #"{"label":"tests","user":"\#(email)"}"#).json
        let (secret, id) = (try #require(key["key"]?.text), try #require(key["id"]?.text))
        let agent = try await send(
            .post,
            "/api/v1/agents",
            [.apiKey: secret],
            body: ByteBuffer(string: #"{"name":"a"}"#)
        )
        return Owner(server: self, key: secret, keyID: id, channel: try #require(agent.json["id"]?.text))
    }

    private func send(
        to responder: some HTTPResponder<RootContext>,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        _ body: ByteBuffer?
    ) async throws -> HTTPReply {
        let app = Application(responder: responder, logger: log.logger)
        return try await app.test(.router) { client in
            HTTPReply(try await client.executeRequest(uri: path, method: method, headers: headers, body: body))
        }
    }
}

/// Hands out the first bytes of a body, pauses, then hands out the rest.
private struct Pausing: HTTPResponder {
    let responder: RequestResponder
    let count: Int
    let pause: @Sendable () async throws -> Void

    func respond(to request: Request, context: RootContext) async throws -> Response {
        var request = request
        let whole = try await request.collectBody(upTo: .max)
        let rest = whole.getSlice(at: count, length: whole.readableBytes - count)
        let pieces = Pieces([whole.getSlice(at: 0, length: count), rest].compactMap { $0 })
        let stream = AsyncThrowingStream<ByteBuffer, any Error> { [pause] in
            let (piece, isLast) = pieces.next()
            if isLast { try await pause() }
            return piece
        }
        request.body = RequestBody(asyncSequence: stream)
        return try await responder.respond(to: request, context: context)
    }
}

private final class Pieces: Sendable {
    private let left: Mutex<[ByteBuffer]>

    init(_ all: [ByteBuffer]) { left = Mutex(all) }

    func next() -> (ByteBuffer?, isLast: Bool) {
        left.withLock { left in left.isEmpty ? (nil, false) : (left.removeFirst(), left.isEmpty) }
    }
}
