import App
import Dispatch
import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Index

/// A request is judged when its head has come, and again where it acts. These tests end the caller's authority in
/// between.
@Suite("Authority belongs to the act")
struct AuthorityTests {
    /// Routes that store nothing, although their method could, and the one GET that does.
    private static let writesNothing: Set = [
        "POST /api/agents/:channel/webhook/test", "POST /api/files/bulk-download", "POST /api/admin/gc/plan",
        "POST /api/markdown", "POST /api/plugins/:plugin/fetch", "POST /api/notifications/test",
        "OPTIONS /api/v1/files/tus", "OPTIONS /api/files/tus",
        // These leave bytes that do not count: `ResumableUploadTests.authority`.
        "PATCH /api/v1/files/tus/:upload", "PATCH /api/files/tus/:begun",
    ]
    private static let writes: Set = ["GET /api/files/:file/share"]

    /// All routes that store, the change of a password with the right one.
    private static let acts =
        Visit.all.filter { visit in
            let isRead = visit.route.hasPrefix("GET") || visit.route.hasPrefix("HEAD")
            return isRead ? writes.contains(visit.route) : !writesNothing.contains(visit.route) && visit.own == nil
        } + [
            Visit(
                "POST /api/auth/change-password",
                401,
                .json(#"{"currentPassword":"correct horse","newPassword":"battery staple"}"#)
            )
        ]

    @Test(
        "who is ended by the very commit ahead of the unit is refused, and nothing is stored",
        arguments: End.allCases
    )
    func atTheCommit(end: End) async throws {
        try await withServer { server in
            let target = try await server.target("ada@example.org")
            _ = try await server.person("other@example.org", role: .owner)
            for visit in Self.acts where end.concerns(visit) {
                let credentials = try await target.credentials(for: visit)
                let before = try await target.state(without: credentials)
                let answer = try await server.behind(credentials.userID, { tx in try end.apply(tx, credentials) }) {
                    try await target.send(visit, credentials.headers)
                }
                #expect(answer.status == end.status, "\(visit.route): \(answer.text)")
                try await server.assembly.index.write { tx in try end.undo(tx, credentials) }
                #expect(try await target.state(without: credentials) == before, "\(visit.route)")
            }
        }
    }

    @Test(
        "who is ended while the body is on its way is refused, and nothing is stored",
        arguments: [End.keyRevoked, .sessionEnded]
    )
    func inTheBody(end: End) async throws {
        try await withServer { server in
            let target = try await server.target("ada@example.org")
            _ = try await server.person("other@example.org", role: .owner)
            for visit in Self.acts where end.concerns(visit) && visit.hasBody {
                let credentials = try await target.credentials(for: visit)
                let before = try await target.state(without: credentials)
                let index = server.assembly.index
                let answer = try await target.send(visit, credentials.headers) {
                    try await index.write { tx in try end.apply(tx, credentials) }
                }
                #expect(answer.status == end.status, "\(visit.route): \(answer.text)")
                try await index.write { tx in try end.undo(tx, credentials) }
                #expect(try await target.state(without: credentials) == before, "\(visit.route)")
            }
        }
    }

    @Test("nothing is made for a user who was deleted meanwhile")
    func deletedUser() async throws {
        let makers: Set = ["POST /api/v1/agents", "POST /api/v1/files/upload", "POST /api/api-keys", "POST /api/users"]
        try await withServer { server in
            _ = try await server.person("other@example.org", role: .owner)
            for visit in Self.acts where makers.contains(visit.route) {
                let target = try await server.target("\(visit.route.count)@example.org")
                let credentials = try await target.credentials(for: visit)
                let answer = try await server.behind(
                    credentials.userID,
                    { tx in try tx.deleteUser(id: credentials.userID) }
                ) {
                    try await target.send(visit, credentials.headers)
                }
                #expect(answer.status == 401, "\(visit.route): \(answer.text)")
                let left = try await server.assembly.index.read { reader in
                    let agents = try reader.agents(userID: credentials.userID, limit: 9).rows
                    return (try reader.apiKeys(userID: credentials.userID), agents)
                }
                #expect(left.0.isEmpty && left.1.isEmpty, "\(visit.route)")
            }
        }
    }

    @Test("a key revoked at any byte of an upload stores nothing", arguments: [0, 1, 60, 170, 400, 100_000, -1])
    func upload(offset: Int) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let form = Form(.channel(owner.channel), .file([UInt8](repeating: 7, count: 200_000), "a.bin"))
            let before = try await server.census()
            let answer = try await server.send(
                .post,
                "/api/v1/files/upload",
                [.apiKey: owner.key, .contentType: form.contentType],
                body: form.body,
                pausingAt: offset < 0 ? form.body.readableBytes + offset : offset
            ) {
                let revocation = try await server.command(.delete, "keys/\(owner.keyID)")
                #expect(revocation.status == 200)
            }
            #expect(answer.status == 401, "\(answer.text)")
            #expect(try await server.census() == before)
        }
    }

    @Test("a parked wait ends at once, unanswered, with its key", .timeLimit(.minutes(1)))
    func waits() async throws {
        try await withServer { server in
            let (ada, owner) = try await server.pair()
            let message = try await owner.ask()
            for path in ["reviews/\(message)/wait", "answers"] {
                let key = try await ada.send(.post, "api-keys", "{}").json
                let (secret, id) = (try #require(key["key"]?.text), try #require(key["id"]?.text))
                let waiting = Task {
                    try await server.send(.get, "/api/v1/\(path)?channel=\(owner.channel)", [.apiKey: secret])
                }
                await server.parked()
                let end =
                    path == "answers" ? ("api-keys/\(id)/rotate", HTTPRequest.Method.post) : ("api-keys/\(id)", .delete)
                #expect(try await ada.send(end.1, end.0).status == 200)
                #expect(try await waiting.value.status == 401)
            }
        }
    }

    @Test("an event stream ends at once with its key, session or user", .timeLimit(.minutes(1)))
    func streams() async throws {
        try await withServer { server in
            let (ada, owner) = try await server.pair()
            let byKey = Task { try await owner.get("events") }
            await server.parked()
            #expect(try await server.command(.delete, "keys/\(owner.keyID)").status == 200)
            #expect(try await byKey.value.status == 200)
            let bySession = Task { try await ada.send(.get, "events") }
            await server.parked()
            #expect(try await ada.send(.post, "auth/logout").status == 200)
            #expect(try await bySession.value.status == 200)
            let eve = try await server.person("eve@example.org")
            let byUser = Task { try await eve.send(.get, "events") }
            await server.parked()
            try await server.assembly.index.write { tx in try tx.deleteUser(id: eve.userID) }
            #expect(try await byUser.value.status == 200)
        }
    }
}

/// How a caller loses what the head of the request proved.
enum End: CaseIterable, Sendable {
    case keyRevoked, keyRotated, sessionEnded, passwordReset, demoted

    var status: Int { self == .passwordReset || self == .demoted ? 403 : 401 }

    func concerns(_ visit: Visit) -> Bool {
        let isOpenToNewcomers = ["auth/refresh", "auth/logout", "auth/change-password"].contains {
            visit.route.contains($0)
        }
        return switch self {
        case .keyRevoked, .keyRotated: visit.isForAgents
        case .sessionEnded: !visit.isForAgents
        case .passwordReset: !visit.isForAgents && !isOpenToNewcomers
        case .demoted: visit.route.contains("/api/users")
        }
    }

    func apply(_ tx: Transaction, _ credentials: Credentials) throws {
        let user = ActingUser(id: credentials.userID)
        switch self {
        case .keyRevoked: _ = try tx.revokeAnyAPIKey(id: APIKey.ID(credentials.id))
        case .keyRotated:
            let hash = Secret(.apiKey).hash
            _ = try tx.rotateAPIKey(APIKey.ID(credentials.id), ownedBy: user, keyPrefix: "hp_", hash: hash)
        case .sessionEnded: try tx.endSession(Session.ID(credentials.id), ownedBy: user)
        case .passwordReset: try Self.change(user.id, tx) { $0.mustChangePassword = true }
        case .demoted: try Self.change(user.id, tx) { $0.role = .member }
        }
    }

    /// Gives the user back what others need.
    func undo(_ tx: Transaction, _ credentials: Credentials) throws {
        try Self.change(credentials.userID, tx) { user in
            user.mustChangePassword = false
            user.role = .owner
        }
    }

    private static func change(_ id: User.ID, _ tx: Transaction, _ change: (inout User) -> Void) throws {
        var user = try #require(try tx.user(id: id))
        change(&user)
        try tx.update(user)
    }
}

/// A key or a session that was made for one visit.
struct Credentials: Sendable {
    let userID: User.ID
    let id: String
    let headers: HTTPFields
}

extension Visit {
    fileprivate var hasBody: Bool {
        switch body {
        case .none: false
        case .part: !route.hasPrefix("DELETE")
        default: true
        }
    }
}

extension Target {
    /// Fresh ones, used once already: so the note of the use does not get in the way.
    fileprivate func credentials(for visit: Visit) async throws -> Credentials {
        let (server, userID) = (person.server, person.userID)
        guard visit.isForAgents else {
            let token = try await server.session(of: userID)
            let hash = try #require(Secret(token, .session)?.hash)
            let found = try await server.assembly.index.read { try $0.session(hash: hash, now: .now())?.session.id }
            let id = try #require(found)
            return Credentials(userID: userID, id: id.rawValue, headers: [.cookie: "access_token=\(token)"])
        }
        let key = try await server.command(.post, "keys", #"{"label":"x","user":"\#(person.email)"}"#).json
        let (secret, id) = (try #require(key["key"]?.text), try #require(key["id"]?.text))
        _ = try await server.send(.get, "/api/v1/agents", [.apiKey: secret])
        return Credentials(userID: userID, id: id, headers: [.apiKey: secret])
    }

    fileprivate struct State: Equatable {
        let census: Census
        let users: [User]
        let keys: [APIKey]
        let agents: [Agent]
    }

    /// What the user has, and who else is there, without the key that ends.
    fileprivate func state(without credentials: Credentials) async throws -> State {
        let (census, userID) = (try await person.server.census(), person.userID)
        return try await person.server.assembly.index.read { reader in
            State(
                census: census,
                users: try reader.users(),
                keys: try reader.apiKeys().filter { $0.id.rawValue != credentials.id },
                agents: try reader.agents(userID: userID, limit: 99).rows
            )
        }
    }
}

extension TestServer {
    /// Holds the writer, queues `ending` in the user's line, then sends a request until its unit stands behind it, and lets
    /// both go.
    fileprivate func behind(
        _ userID: User.ID,
        _ ending: @escaping @Sendable (Transaction) throws -> Void,
        _ send: @escaping @Sendable () async throws -> HTTPReply
    ) async throws -> HTTPReply {
        let (index, gate, isAnswered) = (assembly.index, DispatchSemaphore(value: 0), Flag())
        let isEntered = Flag()
        async let blocker: Void = index.write { _ in
            isEntered.set()
            gate.wait()
        }
        while !isEntered.isSet { await Task.yield() }
        async let end: Void = index.write(for: .content, of: userID, ending)
        while index.commits.waitingCount < 1 { await Task.yield() }
        async let answer = {
            defer { isAnswered.set() }
            return try await send()
        }()
        while index.commits.waitingCount < 2, !isAnswered.isSet { await Task.yield() }
        #expect(index.commits.waitingCount == 2, "answered before its unit")
        gate.signal()
        try await blocker
        try await end
        return try await answer
    }

    /// Returns once somebody waits for a change.
    fileprivate func parked() async {
        while assembly.index.feed.doorbells.counts[0] == 0 { await Task.yield() }
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }
    func set() { value.store(true, ordering: .sequentiallyConsistent) }
}
