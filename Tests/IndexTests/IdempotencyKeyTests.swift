import IndexSupport
import Testing

@testable import Index

@Suite("Idempotency keys")
struct IdempotencyKeyTests {
    private let key = IdempotencyKey(name: "k", senderType: .agent, request: "store this")

    @Test("A key is kept for a day, longer than its file, and is free afterwards")
    func lifetime() async throws {
        let fixture = try await Fixture()
        let file = try await fixture.storeFile()
        let noted = try await fixture.index.write { tx in
            try tx.note(key, for: file.id, in: tx.owned(fixture.agent.id))
            return tx.now
        }
        #expect(try await fixture.index.read { try $0.nextKeyExpiry() } == noted + .seconds(24 * 60 * 60))
        try await fixture.index.write { tx in
            _ = try tx.deleteAttachment(file.id, ownedBy: ActingUser(id: fixture.user.id))
        }
        let use = try await fixture.use(of: key)
        #expect(use?.request == "store this" && use?.attachmentID == nil)
        try await fixture.index.write { try $0.removeExpiredKeys(limit: 10) }
        #expect(try await fixture.use(of: key) != nil)
        try await fixture.index.write { tx in
            try tx.db.execute(sql: "UPDATE idempotency_keys SET expires_at = ?", arguments: [tx.now.milliseconds])
            try tx.removeExpiredKeys(limit: 10)
        }
        #expect(try await fixture.use(of: key) == nil)
    }

    @Test("A key whose time is up is free before the sweep has come, and its next use replaces it")
    func expired() async throws {
        let fixture = try await Fixture()
        let file = try await fixture.storeFile()
        let next = IdempotencyKey(name: "k", senderType: .agent, request: "store that")
        try await fixture.index.write { tx in
            let channel: OwnedChannel = tx.owned(fixture.agent.id)
            try tx.note(key, for: file.id, in: channel)
            try tx.db.execute(sql: "UPDATE idempotency_keys SET expires_at = ?", arguments: [tx.now.milliseconds])
            #expect(try tx.use(of: key, in: channel) == nil)
            try tx.note(next, for: file.id, in: channel)
            #expect(try tx.use(of: key, in: channel)?.request == "store that")
        }
    }

    @Test("The constraint refuses a second use, and a deleted channel takes its keys with it, a batch at a time")
    func constraint() async throws {
        let fixture = try await Fixture()
        let file = try await fixture.storeFile()
        let names = ["a", "b", "c"]
        try await fixture.index.write { tx in
            for name in names {
                let key = IdempotencyKey(name: name, senderType: .user, request: "")
                try tx.note(key, for: file.id, in: tx.owned(fixture.agent.id))
            }
        }
        await #expect(throws: IndexError.duplicate) {
            let key = IdempotencyKey(name: "a", senderType: .user, request: "another")
            try await fixture.index.write { try $0.note(key, for: file.id, in: $0.owned(fixture.agent.id)) }
        }
        try await fixture.index.write { tx in try tx.deleteAgent(in: tx.owned(fixture.agent.id)) }
        var left: [Int] = []
        while try await fixture.index.read({ try $0.nextRemoval() }) != nil {
            try await fixture.index.write { try $0.removeDeletedAgents(limit: 2) }
            left.append(
                try await fixture.index.read {
                    try Int.fetchOne($0.db, sql: "SELECT count(*) FROM idempotency_keys") ?? -1
                }
            )
        }
        #expect(left == [1, 0])
    }
}

extension Fixture {
    fileprivate func use(of key: IdempotencyKey) async throws -> UsedKey? {
        try await index.write { try $0.use(of: key, in: $0.owned(self.agent.id)) }
    }
}
