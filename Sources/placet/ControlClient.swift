import App
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Reaches the store's owner on this machine: the running server over its control socket, or one started for the
/// command alone when none runs (invariant 5).
struct ControlClient: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    private static let attempts = 50
    private static let pause = Duration.milliseconds(100)
    private static let timeout = TimeAmount.seconds(30)
    private static let maxAnswerBytes = 64 << 20

    private let socketPath: String

    /// Sends one request and decodes its answer.
    ///
    /// - Throws: ``CommandFailure`` with the server's own sentence when it refuses.
    static func send<Answer: Decodable & Sendable>(
        _ method: Method,
        _ path: String,
        body: some Encodable & Sendable = [String: String](),
        storage: StorageOption
    ) async throws -> Answer {
        let server = try makeServer(storage.arguments, announceTo: .standardError, isQuiet: true)
        let client = ControlClient(socketPath: server.configuration.controlSocketPath)
        for _ in 1..<attempts {
            do {
                return try await attempt(server, client, method, path, body)
            } catch is IOError {
                // Whoever has the store is just starting or ending, or is a command like this one.
                try await Task.sleep(for: pause)
            }
        }
        return try await attempt(server, client, method, path, body)
    }

    private static func attempt<Answer: Decodable & Sendable>(
        _ server: Server,
        _ client: ControlClient,
        _ method: Method,
        _ path: String,
        _ body: some Encodable & Sendable
    ) async throws -> Answer {
        do {
            return try await server.withControlSocket { try await client.execute(method, path, body) }
        } catch StartFailure.storageInUse {
            return try await client.execute(method, path, body)
        }
    }

    private func execute<Answer: Decodable>(
        _ method: Method,
        _ path: String,
        _ body: some Encodable & Sendable
    ) async throws -> Answer {
        guard let url = URL(httpURLWithSocketPath: socketPath, uri: "/local/\(path)") else {
            throw CommandFailure(description: "The storage path cannot be used for a socket: \(socketPath)")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .init(rawValue: method.rawValue)
        if method == .post {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(try JSONEncoder().encode(body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
        let bytes = Data(try await response.body.collect(upTo: Self.maxAnswerBytes).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            let refusal = try? JSONDecoder().decode(Refusal.self, from: bytes)
            throw CommandFailure(description: refusal?.message ?? "The server answered \(response.status)")
        }
        return try JSONDecoder().decode(Answer.self, from: bytes)
    }

    private struct Refusal: Decodable { let message: String }
}
