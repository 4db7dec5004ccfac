import Dispatch
import Foundation
import IndexSupport
import Testing

@testable import Index

@Suite("Opening the index", .onlySQLite)
struct OpeningTests {
    @Test("The writer flushes every commit (synchronous FULL) to a WAL: invariant 4")
    func durability() async throws {
        let fixture = try await Fixture()
        let (synchronous, journal, foreignKeys) = try await fixture.index.write { tx in
            (
                try Int.fetchOne(tx.db, sql: "PRAGMA synchronous"),
                try String.fetchOne(tx.db, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(tx.db, sql: "PRAGMA foreign_keys")
            )
        }
        #expect(synchronous == 2)
        #expect(journal == "wal")
        #expect(foreignKeys == 1)
    }

    @Test("A reader cannot write")
    func readersOnlyRead() async throws {
        let fixture = try await Fixture()
        await #expect(throws: IndexError.readOnly) {
            try await fixture.index.read { reader in try reader.db.execute(sql: "DELETE FROM users") }
        }
        #expect(try await fixture.index.read { try $0.users().count } == 1)
    }

    @Test("A reader sees one snapshot, whatever is committed meanwhile")
    func snapshot() async throws {
        let fixture = try await Fixture()
        let stranger = try fixture.stranger()
        let counts = try await fixture.index.read { reader in
            let before = try reader.users().count
            try stranger.execute(sql: "DELETE FROM users")
            return [before, try reader.users().count]
        }
        #expect(counts == [1, 1])
        #expect(try await fixture.index.read { try $0.users().count } == 0)
    }

    @Test("Reopening keeps the rows and migrates nothing twice")
    func reopening() async throws {
        let fixture = try await Fixture()
        fixture.index.close()
        for _ in 0..<2 {
            let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID)
            #expect(try await index.read { try $0.user(id: fixture.user.id) } == fixture.user)
            try await index.checkWritable()
            index.close()
        }
    }

    @Test("The index of another store is refused and not touched")
    func foreignStore() async throws {
        let fixture = try await Fixture()
        fixture.index.close()
        #expect(throws: IndexError.foreignStore) { try StoreIndex(path: fixture.path, storeID: "store-2") }
        let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID)
        #expect(try await index.read { try $0.users().count } == 1)
    }

    /// The index of a build that kept its migrations in a table.
    private static func earlierIndex(_ changed: String = "") throws -> String {
        let path = NSTemporaryDirectory() + "earlier-\(UUID().uuidString).sqlite"
        let earlier = try Database(path: path, .readWrite)
        defer { earlier.close() }
        try earlier.execute(sql: Schema.files[0])
        try earlier.execute(
            sql: """
                CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                INSERT INTO grdb_migrations VALUES ('1');
                INSERT INTO store (singleton, id, checked_at) VALUES (1, 's', 7);
                \(changed)
                """
        )
        return path
    }

    @Test(
        "One of a build whose tables were others is refused and not touched",
        arguments: [
            "DROP TABLE partial_uploads", "ALTER TABLE users ADD COLUMN x TEXT", "DROP INDEX users_owners",
        ]
    )
    func unknownSchema(change: String) throws {
        let path = try Self.earlierIndex(change)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: IndexError.unknownSchema) { try StoreIndex(path: path, storeID: "s") }
        let index = try Database(path: path, .readWrite)
        #expect(try Int.fetchOne(index, sql: "SELECT count(*) FROM grdb_migrations") == 1)
    }

    @Test("The index of a build that kept its migrations in a table is taken over, with its rows")
    func earlierBuild() async throws {
        let path = try Self.earlierIndex()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let index = try StoreIndex(path: path, storeID: "s")
        defer { index.close() }
        let (checked, ways, number) = try await index.read { reader in
            (
                try Int.fetchOne(reader.db, sql: "SELECT checked_at FROM store"),
                try Int.fetchOne(reader.db, sql: "SELECT count(*) FROM notice_ways"),
                try Int.fetchOne(reader.db, sql: "PRAGMA user_version")
            )
        }
        #expect(checked == 7 && ways == 0 && number == Schema.files.count)
        #expect(throws: IndexError.foreignStore) { try StoreIndex(path: path, storeID: "another") }
    }

    @Test("The index of a later release is refused")
    func newerSchema() async throws {
        let fixture = try await Fixture()
        fixture.index.close()
        let stranger = try fixture.stranger()
        try stranger.execute(sql: "PRAGMA user_version = 99")
        #expect(throws: IndexError.newerSchema) { try StoreIndex(path: fixture.path, storeID: Fixture.storeID) }
    }

    @Test("What is no database, or lies in no directory, is refused with SQLite's code")
    func unreadableFile() async throws {
        let fixture = try await Fixture()
        let noDatabase = fixture.directory + "/text"
        try Data(repeating: 65, count: 4_096).write(to: URL(fileURLWithPath: noDatabase))
        #expect(throws: IndexError.failure(code: 26)) { try StoreIndex(path: noDatabase, storeID: "s") }
        #expect(throws: IndexError.failure(code: 14)) { try StoreIndex(path: "/nonexistent/index", storeID: "s") }
    }

    @Test("After closing, everything is refused with .closed; what was queued before is stored")
    func closing() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let message = Message.sample(in: fixture.agent)
        let gate = Gate()
        async let blocker: Void = index.write { _ in gate.block() }
        await gate.entered()
        async let queued: Void = index.write { tx in try tx.insert(message) }
        while index.commits.waitingCount == 0 { await Task.yield() }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { gate.release() }
        index.close()
        _ = try await (blocker, queued)
        await #expect(throws: IndexError.closed) { try await index.write { tx in tx.now } }
        await #expect(throws: IndexError.closed) { try await index.read { try $0.users().count } }
        await #expect(throws: IndexError.closed) { try await index.checkWritable() }
        let reopened = try StoreIndex(path: fixture.path, storeID: Fixture.storeID)
        #expect(try await reopened.read { try $0.messageCount() } == 1)
    }

    @Test("Ids go on after those in the file, also when the clock went back meanwhile")
    func idsGoOn() async throws {
        let fixture = try await Fixture()
        var message = Message.sample(in: fixture.agent)
        // Half a minute ahead, and not made here: the ids of this process know nothing of it.
        let digits = String((Timestamp.now() + .seconds(30)).milliseconds, radix: 16)
        let time = String(repeating: "0", count: 12 - digits.count) + digits
        message.id = .init(rawValue: "\(time.prefix(8))-\(time.suffix(4))-7000-8000-000000000000")
        try await fixture.index.write { [message] tx in try tx.insert(message) }
        fixture.index.close()
        #expect(Message.ID.make() < message.id)
        _ = try StoreIndex(path: fixture.path, storeID: Fixture.storeID)
        #expect(Message.ID.make() > message.id)
    }
}
