import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import HTTP

@Suite("A request that waits")
struct PauseTests {
    /// Keys, log lines and pauses, counted.
    private final class Seen: AgentAuthenticator, AccessLines {
        let keys = Mutex(0)
        let lines = Mutex<[AccessLine]>([])
        let pauses = Mutex(0)
        let level = Logger.Level.info

        func principal(forKey key: String) async throws -> AgentPrincipal? {
            keys.withLock { $0 += 1 }
            return AgentPrincipal(user: "ada", key: "k1", hash: [], scopes: [.read])
        }

        func remembered(_ key: String) -> AgentPrincipal? { nil }
        func write(_ line: AccessLine) { lines.withLock { $0.append(line) } }
        func write(_ error: any Error, requestID: String) {}
    }

    /// Answers at the third look, with how many there were before.
    private struct Third: RouteModule {
        let seen: Seen

        func addRoutes(to mounts: Mounts) {
            mounts.agent(.read)
                .get("third") { [seen] _, context -> Response in
                    let looks = context.takeHeld(Int.self) ?? 0
                    guard looks < 2 else { return try Response.json("\(context.agent.key) \(looks)") }
                    throw context.pause(holding: looks + 1) { seen.pauses.withLock { $0 += 1 } }
                }
                .get("gone") { [seen] _, context -> Response in
                    guard context.takeHeld(Int.self) == nil else { throw APIError(.notFound, "Gone meanwhile") }
                    throw context.pause(holding: 1) { seen.pauses.withLock { $0 += 1 } }
                }
        }
    }

    private struct Nobody: UserAuthenticator {
        func principal(forToken token: String) async throws -> UserPrincipal? { nil }
    }

    private let seen = Seen()

    private func send(_ path: String) async throws -> TestResponse {
        let routers = Routers(
            modules: [Third(seen: seen)],
            authenticator: seen,
            users: Nobody(),
            // One request, and the next one a second later.
            limits: RateLimits(Rate(perSecond: 1, burst: 1)),
            log: seen,
            translate: { _ in nil }
        )
        return try await Application(responder: routers.network, logger: .silent).test(.router) { client in
            try await client.executeRequest(uri: path, method: .get, headers: [.apiKey: "hp_right"], body: nil)
        }
    }

    @Test("its handler runs anew after each pause, with what it held; the caller is looked up, counted and logged once")
    func again() async throws {
        let answer = try await send("/api/v1/third")
        #expect(answer.status == .ok)
        #expect(String(buffer: answer.body) == #""k1 2""#)
        #expect(seen.pauses.withLock { $0 } == 2)
        #expect(seen.keys.withLock { $0 } == 1)
        let lines = seen.lines.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.waits == true)
        #expect(lines.first?.requestID == answer.headers[.requestID])
    }

    @Test("what its handler throws after a pause is answered as ever")
    func refused() async throws {
        #expect(try await send("/api/v1/gone").status == .notFound)
        #expect(seen.pauses.withLock { $0 } == 1)
        #expect(seen.lines.withLock { $0.map(\.status) } == [.notFound])
    }
}
