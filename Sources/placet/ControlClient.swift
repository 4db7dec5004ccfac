import App
import AsyncHTTPClient
import FoundationEssentials
import Glibc
import HTTP
import JSON
import NIOCore
import NIOHTTP1

/// Sends a command to whoever has the store open.
///
/// Exactly one process may have it open (invariant 5), so a command never touches the files itself. If a server runs,
/// it answers on its control socket. If none runs, this process opens the store and serves the same routes on the same
/// socket for this one request (docs/decisions/0003-the-command-line-speaks-http-over-a-socket.md). File permissions
/// are the only authentication: the socket is for its user alone.
struct ControlClient: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// Together with the pause: about 5 s for a server that is starting or stopping to become ready or to go.
    private static let attempts = 50
    private static let pause = Duration.milliseconds(100)
    /// For one request, including the time the server needs, unless a command says otherwise.
    private static let usualTimeout = TimeAmount.seconds(30)
    /// The longest answer that a command takes.
    private static let maxAnswerBytes = 64 << 20

    private let socketPath: String
    private let timeout: TimeAmount

    /// Sends one request and decodes its answer. Tries again while the connection fails, but never after a refusal.
    ///
    /// - Parameter toRunning: refuse when no server runs, because the request would change nothing that stays.
    /// - Throws: ``CommandFailure`` with the server's own sentence when it refuses, ``StartFailure`` when the store
    ///   cannot be opened.
    static func send<Answer: Decodable & Sendable>(
        _ method: Method,
        _ path: String,
        body: some Encodable & Sendable = [String: String](),
        toRunning: Bool = false,
        storage: StorageOption,
        timeout: TimeAmount = Self.usualTimeout
    ) async throws -> Answer {
        let bytes = try await bytes(method, path, body: body, toRunning: toRunning, storage: storage, timeout: timeout)
        return try JSONDecoder().decode(Answer.self, from: bytes)
    }

    /// The same, with the answer as it came.
    static func bytes(
        _ method: Method,
        _ path: String,
        body: some Encodable & Sendable = [String: String](),
        toRunning: Bool = false,
        storage: StorageOption,
        timeout: TimeAmount = Self.usualTimeout
    ) async throws -> Data {
        let server = try makeServer(storage.arguments, announceTo: .standardError, isQuiet: true)
        let client = ControlClient(socketPath: server.configuration.controlSocketPath, timeout: timeout)
        for _ in 1..<attempts {
            do {
                return try await attempt(server, client, method, path, body, toRunning)
            } catch is IOError {
                // The process that has the store is just starting or stopping, or is a command like this one.
                try await Task.sleep(for: pause)
            }
        }
        do {
            return try await attempt(server, client, method, path, body, toRunning)
        } catch is IOError {
            throw CommandFailure(
                description: "A server has the storage open, but its control socket is gone: \(client.socketPath). "
                    + "Restart that server."
            )
        }
    }

    /// Reads a whole list, page by page.
    static func list<Row: Decodable & Sendable & Identifiable>(
        _ path: String,
        storage: StorageOption
    ) async throws -> [Row] where Row.ID: CustomStringConvertible {
        var rows: [Row] = try await send(.get, path, storage: storage)
        while let last = rows.last, rows.count.isMultiple(of: PageRequest.usualArray) {
            let more: [Row] = try await send(.get, "\(path)?cursor=\(last.id)", storage: storage)
            if more.isEmpty { break }
            rows += more
        }
        return rows
    }

    /// Tries to open the store first: only the lock can say for sure whether a server runs.
    private static func attempt(
        _ server: Server,
        _ client: ControlClient,
        _ method: Method,
        _ path: String,
        _ body: some Encodable & Sendable,
        _ toRunning: Bool
    ) async throws -> Data {
        do {
            return try await server.withControlSocket {
                if toRunning { throw CommandFailure(description: "No server runs on this storage") }
                return try await client.execute(method, path, body)
            }
        } catch StartFailure.storageInUse {
            return try await client.execute(method, path, body)
        }
    }

    private func execute(
        _ method: Method,
        _ path: String,
        _ body: some Encodable & Sendable
    ) async throws -> Data {
        // The HTTP client would go on trying until its time is up.
        guard FileManager.default.fileExists(atPath: socketPath) else {
            throw IOError(errnoCode: ENOENT, reason: "connect")
        }
        guard let url = URL(httpURLWithSocketPath: socketPath, uri: "/local/\(path)") else {
            throw CommandFailure(description: "The storage path cannot be used for a socket: \(socketPath)")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .init(rawValue: method.rawValue)
        // A socket has no host to name, and HTTP/1.1 wants one named.
        request.headers.add(name: "host", value: "localhost")
        if method == .post {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(try JSONText.bytes(of: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: timeout)
        let bytes = Data(try await response.body.collect(upTo: Self.maxAnswerBytes).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            let refusal = try? JSONDecoder().decode(Refusal.self, from: bytes)
            throw CommandFailure(description: refusal?.message ?? "The server answered \(response.status)")
        }
        return bytes
    }

    /// The part of the server's JSON error that a command prints.
    private struct Refusal: Decodable { let message: String }
}
