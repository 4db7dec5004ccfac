import IndexSupport
import Testing

@testable import Index

@Suite("Users, keys and agents")
struct AccountQueryTests {
    @Test("An address is found and is unique without regard to case, beyond ASCII too")
    func addresses() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let user = User.sample(email: "Zoë@Example.org")
        try await index.write { tx in try tx.insert(user) }
        #expect(try await index.read { try $0.user(email: "ZOË@example.ORG") } == user)
        #expect(try await index.read { try $0.user(email: "zoe@example.org") } == nil)
        await #expect(throws: IndexError.duplicate) {
            try await index.write { tx in try tx.insert(.sample(email: "zoë@example.org")) }
        }
        #expect(try await index.read { try $0.users().count } == 2)
        #expect(try await index.read { try $0.users().map(\.email) } == ["ada@example.org", "Zoë@Example.org"])
    }

    @Test("A key is found by its hash until it is revoked; revoking twice says so")
    func keys() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let key = APIKey.sample(of: fixture.user)
        let hash = (0..<32).map { UInt8($0 * 8) }
        try await index.write { tx in try tx.insert(key, hash: hash) }
        #expect(try await index.read { try $0.apiKey(hash: hash, now: .sample) } == key)
        #expect(try await index.read { try $0.apiKey(hash: Array(hash.reversed()), now: .sample) } == nil)
        #expect(try await index.write { tx in try tx.revokeAnyAPIKey(id: key.id) })
        #expect(try await !index.write { tx in try tx.revokeAnyAPIKey(id: key.id) })
        #expect(try await index.read { try $0.apiKey(hash: hash, now: .sample) } == nil)
    }

    @Test("Using a key notes the transaction's time")
    func touching() async throws {
        let fixture = try await Fixture()
        let key = APIKey.sample(of: fixture.user)
        let now = try await fixture.index.write { tx in
            try tx.insert(key, hash: .init(repeating: 1, count: 32))
            try tx.touchAPIKey(id: key.id)
            try tx.touchAPIKey(id: "gone")
            return tx.now
        }
        #expect(try await fixture.index.read { try $0.apiKeys(userID: key.userID).first?.lastUsedAt } == now)
    }

    @Test("Keys are listed newest first, of one user or of all")
    func keyLists() async throws {
        let fixture = try await Fixture()
        let other = User.sample(email: "b")
        let keys = [fixture.user, other, fixture.user].map(APIKey.sample(of:))
        try await fixture.index.write { tx in
            try tx.insert(other)
            for (number, key) in keys.enumerated() {
                try tx.insert(key, hash: .init(repeating: UInt8(number), count: 32))
            }
        }
        #expect(try await fixture.index.read { try $0.apiKeys() } == keys.reversed())
        #expect(try await fixture.index.read { try $0.apiKeys(userID: other.id) } == [keys[1]])
    }

    @Test("A hash that has not 32 bytes, or one that is taken, is refused")
    func badHashes() async throws {
        let fixture = try await Fixture()
        let insert = { @Sendable (length: Int) in
            try await fixture.index.write { tx in
                try tx.insert(.sample(of: fixture.user), hash: .init(repeating: 7, count: length))
            }
        }
        await #expect { try await insert(31) } throws: { ($0 as? IndexError)?.isFailedCheck == true }
        try await insert(32)
        await #expect(throws: IndexError.duplicate) { try await insert(32) }
    }

    @Test("After a refresh the token before goes on for its minute, the new one to its end, and two at once both do")
    func refreshedTokens() async throws {
        let fixture = try await Fixture()
        let (index, user, id) = (fixture.index, fixture.user, Session.ID.make())
        let hashes = (0..<12).map { [UInt8](repeating: $0, count: 32) }
        let start = Timestamp.now()
        let (minute, end) = (start + .seconds(60), start + .seconds(3600))
        try await index.write { tx in
            let session = Session(
                id: id,
                userID: user.id,
                userAgent: nil,
                createdAt: start,
                lastUsedAt: start,
                expiresAt: end
            )
            try tx.insert(session, hash: hashes[0])
        }
        /// Which of the tokens are good at a time.
        func good(_ time: Timestamp) async throws -> [Int] {
            try await index.read { reader in
                try hashes.indices.filter { try reader.session(hash: hashes[$0], now: time) != nil }
            }
        }
        for new in [1, 2] {
            try await index.write { tx in
                try tx.renewSession(id: id, hash: hashes[new], expiresAt: end, retiring: [hashes[0]], at: minute)
            }
        }
        #expect(try await good(start) == [0, 1, 2])
        #expect(try await good(minute) == [1, 2])
        #expect(try await good(end) == [])
        // Retiring again does not give the old one more time.
        try await index.write { tx in
            try tx.renewSession(id: id, hash: hashes[3], expiresAt: end, retiring: [hashes[0]], at: end)
        }
        #expect(try await good(minute).contains(0) == false)
        try await index.write { tx in
            for new in hashes[4...] {
                try tx.renewSession(id: id, hash: new, expiresAt: end, retiring: [], at: minute)
            }
        }
        let kept = try await good(start)
        #expect(kept.count == 8 && kept.last == 11)
        try await index.write { tx in
            try tx.endSession(id, ownedBy: ActingUser(id: user.id))
            try tx.renewSession(id: id, hash: hashes[0], expiresAt: end, retiring: [], at: minute)
        }
        #expect(try await good(start) == [])
    }

    @Test("A user has a thousand sessions: one more ends the one that was used longest ago")
    func manySessions() async throws {
        let fixture = try await Fixture()
        let user = fixture.user.id
        func session(usedAt milliseconds: Int) -> Session {
            let time = Timestamp(milliseconds: Int64(milliseconds))
            let end = Timestamp(milliseconds: .max)
            return Session(id: .make(), userID: user, userAgent: nil, createdAt: time, lastUsedAt: time, expiresAt: end)
        }
        let sessions = (0...Session.maxPerUser).map { session(usedAt: 1000 - $0) }
        try await fixture.index.write { tx in
            for (number, session) in sessions.enumerated() {
                let hash = (0..<32).map { UInt8($0 < 2 ? number >> ($0 * 8) & 0xff : 0) }
                try tx.insert(session, hash: hash)
            }
        }
        let left = try await fixture.index.read { try $0.all("SELECT id FROM sessions ORDER BY id") as [Session.ID] }
        #expect(left == sessions.dropLast().map(\.id))
    }

    @Test("Agents are listed newest first and only their owner's; an agent of nobody is refused")
    func agents() async throws {
        let fixture = try await Fixture()
        let stranger = User.sample(email: "b")
        let full = Agent(
            id: .make(),
            userID: fixture.user.id,
            name: "full",
            description: "d",
            avatarURL: "a",
            webhook: Webhook(url: "w"),
            status: .busy,
            statusMessage: "m",
            statusSince: Timestamp(milliseconds: 1),
            lastActiveAt: Timestamp(milliseconds: 2),
            tag: "t",
            quotaBytes: 3,
            retentionDays: 4,
            createdAt: .sample
        )
        try await fixture.index.write { tx in try tx.insert(full) }
        let ids = (fixture.user.id, stranger.id)
        #expect(try await fixture.index.read { try $0.agents(userID: ids.0, limit: 9).rows } == [full, fixture.agent])
        #expect(try await fixture.index.read { try $0.agents(userID: ids.1, limit: 9) } == .empty)
        #expect(try await fixture.index.read { try $0.anyAgent(id: full.id) } == full)
        await #expect(throws: IndexError.missingReference) {
            try await fixture.index.write { tx in try tx.insert(.sample(of: stranger)) }
        }
    }

    @Test("A page of agents goes on after the last one, and is cut when their descriptions are long")
    func pagesOfAgents() async throws {
        let fixture = try await Fixture()
        let (index, user) = (fixture.index, fixture.user)
        var large = Agent.sample(of: user)
        large.description = String(repeating: "a", count: PageWeight.most)
        try await index.write { [large] tx in try tx.insert(large) }
        let cut = try await index.read { try $0.agents(userID: user.id, limit: 9) }
        #expect(cut == Page(rows: [large], isCut: true))
        let rest = try await index.read { [large] in try $0.agents(userID: user.id, before: large.id, limit: 9) }
        #expect(rest == Page(rows: [fixture.agent], isCut: false))
        let news = try await index.read { try $0.agentsWithNews(userID: user.id, limit: 9) }
        #expect(news.rows.map(\.agent) == [large] && news.isCut)
    }

    @Test("With a user go the keys, agents, messages and attachments, but no blob")
    func cascade() async throws {
        let fixture = try await Fixture()
        let file = try await fixture.storeFile()
        try await fixture.index.write { tx in
            try tx.insert(.sample(of: fixture.user), hash: .init(repeating: 1, count: 32))
            try tx.insert(.sample(in: fixture.agent))
            try tx.db.execute(sql: "DELETE FROM users WHERE id = ?", arguments: [fixture.user.id])
        }
        try await fixture.index.read { reader throws in
            #expect(try reader.users().count == 0)
            #expect(try reader.apiKeys().isEmpty)
            #expect(try reader.anyAgent(id: fixture.agent.id) == nil)
            #expect(try reader.messageCount() == 0)
            #expect(try reader.attachmentCount() == 0)
            #expect(try reader.blob(sha256: file.sha256) != nil)
        }
    }
}
