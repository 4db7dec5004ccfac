import Foundation
import GRDB
import Testing

@testable import Index

@Suite("Migrating an index of release 1")
struct MigrationTests {
    /// Writes a file as release 1 did: two agents, the messages of both mixed, and opens it.
    private static func migrated(texts: [String?]) async throws -> (index: Index, fixture: Fixture, ids: [String]) {
        let fixture = try await Fixture()
        let path = fixture.directory + "/old.sqlite"
        let ids = texts.map { _ in Identifier.make() }
        let old = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(old, upTo: "1 files and agents")
        try await old.write { db in
            try db.execute(sql: "INSERT INTO users VALUES ('u', 'a', 'a', 'A', 'owner', '', 0, 0)")
            for agent in ["b", "a"] {
                try db.execute(
                    sql: "INSERT INTO agents (id, user_id, name, status, created_at) VALUES (?, 'u', '', 'busy', 0)",
                    arguments: [agent]
                )
            }
            for (number, (id, text)) in zip(ids, texts).enumerated().reversed() {
                try db.execute(
                    sql: "INSERT INTO messages VALUES (?, ?, 'agent', 'a', ?, NULL, 'sent', 0, 0)",
                    arguments: [id, number % 2 == 0 ? "a" : "b", text]
                )
            }
        }
        try old.close()
        return (try Index(path: path, storeID: "s"), fixture, ids)
    }

    @Test("Its messages are there with nothing in the new fields, and are found by search, newest first")
    func messages() async throws {
        let texts = ["first needle", "needle of b", nil, "in b", "second Needle", "b again"]
        let (index, fixture, ids) = try await Self.migrated(texts: texts)
        defer { _ = fixture }
        try await index.read { reader throws in
            #expect(try reader.messages(channelID: "a", limit: 9).messages.map(\.id) == [ids[4], ids[2], ids[0]])
            #expect(
                try reader.messages(channelID: "a", limit: 9, search: "needle").messages.map(\.id) == [ids[4], ids[0]]
            )
            #expect(try reader.messages(channelID: "b", limit: 9, search: "needle").messages.map(\.id) == [ids[1]])
            let message = try #require(try reader.message(id: ids[0], channelID: "a"))
            #expect(message.review == nil && message.message.iteration == nil && message.message.clientId == nil)
        }
    }

    @Test("New messages follow the old ones in search, and the full-text index stays true to the texts")
    func goesOn() async throws {
        let (index, fixture, ids) = try await Self.migrated(texts: ["needle", "other", "needle"])
        defer { _ = fixture }
        let agent = try #require(try await index.read { try $0.agent(id: "a") })
        var message = Message.sample(in: agent)
        message.text = "a needle more"
        try await index.write { [message] tx in
            try tx.insert(message)
            #expect(try tx.deleteMessage(id: ids[0], channelID: "a") == .deleted)
        }
        let found = try await index.read {
            try $0.messages(channelID: "a", limit: 9, search: "needle").messages.map(\.id)
        }
        #expect(found == [message.id, ids[2]])
        try await index.checkSearch()
    }

    @Test("Ids go on after those in the file, also when the clock went back meanwhile")
    func idsGoOn() async throws {
        let fixture = try await Fixture()
        var message = Message.sample(in: fixture.agent)
        // Half a minute ahead, and not made here: the ids of this process know nothing of it.
        let digits = String((Timestamp.now() + .seconds(30)).milliseconds, radix: 16)
        let time = String(repeating: "0", count: 12 - digits.count) + digits
        message.id = "\(time.prefix(8))-\(time.suffix(4))-7000-8000-000000000000"
        try await fixture.index.write { [message] tx in try tx.insert(message) }
        try fixture.index.close()
        #expect(Identifier.make() < message.id)
        _ = try Index(path: fixture.path, storeID: Fixture.storeID)
        #expect(Identifier.make() > message.id)
    }
}

extension Index {
    /// Throws when the full-text index differs from the texts.
    func checkSearch() async throws {
        try await write { tx in
            try tx.db.execute(sql: "INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)")
            let noted = try Int.fetchOne(tx.db, sql: "SELECT count(*) FROM search_changes")
            if noted != 0 { throw IndexError.failure(code: 0) }
        }
    }
}
