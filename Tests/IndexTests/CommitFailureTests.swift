import CSQLite
import IndexSupport
import Testing

@testable import Index

@Suite("When the disk refuses", .onlySQLite)
struct CommitFailureTests {
    /// Stands for a disk that fails at the worst moment: the commit itself.
    static func full() throws { throw SQLiteError(code: SQLITE_FULL) }

    @Test("A commit that fails reaches everyone in the group, stores nothing, and the index goes on")
    func commitFails() async throws {
        let fixture = try await Fixture()
        let messages = (0..<8).map { _ in Message.sample(in: fixture.agent) }
        let results = try await fixture.index.asOneGroup(
            messages.enumerated().map { number, message in
                { tx in
                    if number == 0 { tx.db.willCommit = Self.full }
                    try tx.insert(message)
                }
            }
        )
        for result in results {
            #expect(throws: IndexError.full) { try result.get() }
        }
        #expect(try await fixture.index.read { try $0.messageCount() } == 0)
        try await fixture.index.write { tx in tx.db.willCommit = nil }
        try await fixture.index.write { tx in try tx.insert(messages[0]) }
        #expect(try await fixture.index.read { try $0.messageCount() } == 1)
    }

    @Test("A full disk fails the unit with .full, not with half of it stored, and the index goes on once there is room")
    func fullDisk() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        try await index.write { tx in
            let pages = try Int.fetchOne(tx.db, sql: "PRAGMA page_count") ?? 0
            try tx.db.execute(sql: "PRAGMA max_page_count = \(pages + 3)")
        }
        let (small, large) = (Message.sample(in: fixture.agent), Message.large(in: fixture.agent))
        await #expect(throws: IndexError.full) {
            try await index.write { tx in
                try tx.insert(small)
                try tx.insert(large)
            }
        }
        #expect(try await index.read { try $0.messageCount() } == 0)
        try await index.write { tx in try tx.db.execute(sql: "PRAGMA max_page_count = 1000000") }
        try await index.write { tx in try tx.insert(large) }
        #expect(try await index.read { try $0.messageCount() } == 1)
    }

    @Test("When SQLite rolls the whole transaction back, the whole group fails and nothing runs outside of one")
    func wholeTransactionRolledBack() async throws {
        let fixture = try await Fixture()
        let messages = (0..<5).map { _ in Message.sample(in: fixture.agent) }
        // ON CONFLICT ROLLBACK takes the same way as a disk error: the statement ends the transaction.
        let results = try await fixture.index.asOneGroup(
            messages.enumerated().map { number, message in
                { tx in
                    try tx.insert(message)
                    guard number == 2 else { return }
                    try tx.db.execute(sql: "INSERT OR ROLLBACK INTO messages SELECT * FROM messages")
                }
            }
        )
        for result in results {
            #expect(throws: IndexError.duplicate) { try result.get() }
        }
        #expect(try await fixture.index.read { try $0.messageCount() } == 0)
        try await fixture.index.checkWritable()
    }

    @Test("A unit that hides such an error cannot make its group believe in a commit")
    func swallowedRollback() async throws {
        let fixture = try await Fixture()
        let message = Message.sample(in: fixture.agent)
        // SQLITE_ERROR: the savepoint went with the transaction.
        await #expect(throws: IndexError.failure(code: 1)) {
            try await fixture.index.write { tx in
                try tx.insert(message)
                try? tx.db.execute(sql: "INSERT OR ROLLBACK INTO messages SELECT * FROM messages")
            }
        }
        #expect(try await fixture.index.read { try $0.messageCount() } == 0)
    }

    @Test("checkWritable really writes: it passes on a sound index and throws on a read-only one")
    func checkWritable() async throws {
        let fixture = try await Fixture()
        try await fixture.index.checkWritable()
        try await fixture.index.write { tx in try tx.db.execute(sql: "PRAGMA query_only = 1") }
        await #expect(throws: IndexError.readOnly) { try await fixture.index.checkWritable() }
    }
}

extension Message {
    /// A megabyte of text.
    static func large(in agent: Agent) -> Message {
        var message = Message.sample(in: agent)
        message.text = String(repeating: "x", count: 1_000_000)
        return message
    }
}
