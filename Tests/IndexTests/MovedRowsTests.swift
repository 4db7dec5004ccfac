import Foundation
import IndexSupport
import Testing

@testable import Index

@Suite("Rows that move while others write", .timeLimit(.minutes(3)))
final class MovedRowsTests {
    enum Engine: CaseIterable { case file, postgreSQL }

    private static let messages = 2300
    private let fixture: Fixture
    private let writer: Database
    private let source: MoveSource
    /// Of the messages.
    private let channel: String
    /// The channel's first.
    private let searchNumber: Int

    init() async throws {
        fixture = try await Fixture()
        writer = try fixture.stranger()
        channel = fixture.agent.id.rawValue
        searchNumber = (try Int.fetchOne(writer, sql: "SELECT number FROM agents") ?? 0) << 40
        try writer.execute(
            sql: """
                INSERT INTO messages (id, channel_id, search_number, sender_type, sender_id, text, delivery_status, client_id,
                    created_at, updated_at)
                WITH RECURSIVE n (i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < \(10000 + Self.messages))
                SELECT 'm' || i, '\(channel)', \(searchNumber) + i, 'agent', 'a', 'text ' || i, 'sent', 'c' || i, 1, 1 FROM n
                """
        )
        source = try MoveSource(at: fixture.location)
    }

    private func place(_ engine: Engine) throws -> IndexLocation {
        switch engine {
        case .file: .file(fixture.directory + "/moved.sqlite")
        case .postgreSQL: .postgreSQL(try PostgreSQLCluster.shared.get().makeDatabase())
        }
    }

    private func connection(_ place: IndexLocation) throws -> Database {
        switch place {
        case .file(let path): try Database(path: path, .readWrite)
        case .postgreSQL(let server): .postgreSQL(try PostgreSQLConnection(to: server))
        }
    }

    private func fill(_ target: MoveTarget, _ tell: @escaping (Int) throws -> Void = { _ in }) throws {
        try target.fill(from: source, bytesMove: false, leavingStoreAt: "the old place", tell)
    }

    /// A message of before goes, and one that comes later takes the name that its client gave it. One is new, one changes.
    private func change(_ step: Int) throws {
        let gone = 10000 + step
        try writer.execute(
            sql: """
                BEGIN;
                DELETE FROM messages WHERE id = 'm\(gone)';
                UPDATE messages SET client_id = 'c\(gone)' WHERE id = 'm\(10001 + Self.messages - step)';
                UPDATE messages SET text = 'changed \(gone)', updated_at = \(step) WHERE id = 'm\(11000 + step)';
                INSERT INTO messages (id, channel_id, search_number, sender_type, sender_id, text, delivery_status, created_at,
                    updated_at) VALUES ('m\(gone)x', '\(channel)', \(searchNumber + step), 'user', 'u', 'new \(gone)', 'sent', 1, 1);
                INSERT INTO users (id, email, email_folded, display_name, role, password_hash, must_change_password, created_at)
                    VALUES ('u\(step)', 'e', 'folded', 'n', 'member', 'h', 0, 1);
                UPDATE users SET email_folded = 'folded \(step)' WHERE id = 'u\(step)';
                COMMIT
                """
        )
    }

    private func rows(_ index: Database) throws -> [String: [[StoredValue]]] {
        let reader = Reader(connection: index)
        return Dictionary(
            uniqueKeysWithValues: try IndexTable.all(bytesMove: false).map { table in
                let columns = IndexTable.list(table.columns.filter { $0 != "moved_to" })
                let rows: [TableRow] = try reader.all(
                    "SELECT \(columns) FROM \(table.name) WHERE true ORDER BY \(table.keyList)"
                )
                return (table.name, rows.map(\.values))
            }
        )
    }

    private func notes() throws -> [String] {
        let names = Dialects(
            sqlite: "SELECT name FROM sqlite_schema WHERE name GLOB 'moved_rows_*'",
            postgreSQL: """
                SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'moved_rows_%'
                UNION ALL SELECT tablename::text FROM pg_tables WHERE tablename LIKE 'moved_rows_%'
                """
        )
        let reader = Reader(connection: writer)
        return try reader.all(reader.text(of: names))
    }

    @Test("are at the target what they are at the source when it is locked", arguments: Engine.allCases)
    func changes(engine: Engine) async throws {
        let place = try place(engine)
        let target = try MoveTarget(at: place, of: Fixture.storeID)
        var step = 0
        try fill(target) { [unowned self] _ in
            step += 1
            try change(step)
        }
        #expect(step > 30)
        try change(step + 1)
        #expect(try target.follow() > 0)
        #expect(try target.follow() == 0)
        try change(step + 2)
        try source.lock()
        // Two users, three messages, and what counts them.
        #expect(try 4...12 ~= target.complete())
        let moved = try connection(place)
        let (before, after) = (try rows(writer), try rows(moved))
        for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
        #expect(try Reader(connection: moved).movedTo() == "the old place")
        try source.leave(for: "the new place", endingHold: "move")
        source.endNotes()
        #expect(try notes().isEmpty)
        try target.open()
        try target.makeWhole()
        try await checkSearch(place, step + 2)
    }

    private func checkSearch(_ place: IndexLocation, _ last: Int) async throws {
        let index: StoreIndex
        switch place {
        case .file(let path): index = try StoreIndex(path: path, storeID: Fixture.storeID)
        case .postgreSQL(let server): index = try StoreIndex(on: server, newStoreID: Fixture.storeID)
        }
        defer { index.close() }
        let id = fixture.agent.id
        for (term, count) in [
            ("changed \(10000 + last)", 1), ("text \(11000 + last)", 0), ("new 1000", 9), ("text 10001", 0),
        ] {
            let found = try await index.read { try $0.messages(in: $0.owned(id), limit: 50, search: term).rows.count }
            #expect(found == count, "\(term)")
        }
        // The engine sees to its rules again.
        let moved = try connection(place)
        #expect(throws: (any Error).self) {
            try moved.execute(sql: "UPDATE messages SET client_id = 'c10001' WHERE true")
        }
        #expect(throws: (any Error).self) {
            try moved.execute(sql: "UPDATE messages SET channel_id = 'none' WHERE true")
        }
        try moved.execute(sql: "DELETE FROM messages")
        #expect(try Int.fetchOne(moved, sql: "SELECT sum(agent_messages + user_messages) FROM channel_counts") == 0)
    }

    @Test("that nobody has noted are missed before the source is locked")
    func missedRows() throws {
        let target = try MoveTarget(at: try place(.file), of: Fixture.storeID)
        #expect(throws: IndexError.lostRows(table: "messages")) {
            try fill(target) { [unowned self] count in
                // The last page of the messages.
                guard count == Self.messages % 1000 else { return }
                try dropTrigger("messages_insert")
                try change(1)
            }
        }
        target.abandon()
    }

    @Test("do not come without what they refer to", arguments: Engine.allCases)
    func missingParent(engine: Engine) throws {
        let target = try MoveTarget(at: try place(engine), of: Fixture.storeID)
        try fill(target)
        try dropTrigger("agents_insert")
        try writer.execute(
            sql: """
                INSERT INTO agents (id, user_id, name, status, created_at)
                    VALUES ('b', '\(fixture.user.id.rawValue)', 'b', 'active', 1);
                UPDATE messages SET channel_id = 'b' WHERE id = 'm10001'
                """
        )
        #expect(throws: IndexError.missingReference) { try target.follow() }
        target.abandon()
    }

    private func dropTrigger(_ ending: String) throws {
        let name = try #require(try notes().first { $0.hasSuffix(ending) })
        try writer.execute(
            sql: "DROP TRIGGER \(name)" + (TestIndex.isPostgreSQL ? " ON \(ending.prefix { $0 != "_" })" : "")
        )
    }

    @Test("are noted in every table that is moved, and no table is forgotten")
    func everyTable() throws {
        let tables = try IndexTable.all(bytesMove: true)
        try source.note(tables)
        let notes = try notes()
        for table in tables {
            #expect(!table.key.isEmpty)
            for ending in ["", "_insert", "_update", "_delete"] {
                #expect(notes.count { $0.hasSuffix("_" + table.name + ending) } >= 1, "\(table.name)\(ending)")
            }
        }
        #expect(notes.count == tables.count * 4)
        let stay: Set = ["leases", "removal_holds", "search_changes", "feed", "schema_files"]
        let all = Dialects(
            sqlite: """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT GLOB '*search*'
                    AND name NOT GLOB 'moved_*'
                """,
            postgreSQL: """
                SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'moved_%'
                """
        )
        let reader = Reader(connection: writer)
        #expect(Set(try reader.all(reader.text(of: all)) as [String]).subtracting(stay) == Set(tables.map(\.name)))
        source.endNotes()
        #expect(try self.notes().isEmpty)
    }

    @Test("of a dead move are noted until somebody opens the index")
    func opening() throws {
        let target = try MoveTarget(at: try place(.file), of: Fixture.storeID)
        try fill(target)
        let reopen = { [fixture] in try fixture.reopen().close() }
        try reopen()
        // PostgreSQL knows that it lives.
        if TestIndex.isPostgreSQL {
            try change(1)
            #expect(try target.follow() > 0)
            source.unlock()
            try reopen()
        }
        #expect(try notes().isEmpty)
        #expect(throws: IndexError.notesGone) { try target.follow() }
        target.abandon()
    }

    @Test("are noted for one move at a time")
    func twoMoves() throws {
        let target = try MoveTarget(at: try place(.file), of: Fixture.storeID)
        try fill(target)
        let other = try MoveSource(at: fixture.location)
        let second = { try other.note(try IndexTable.all(bytesMove: false)) }
        if TestIndex.isPostgreSQL {
            #expect(throws: IndexError.notesGone) { try second() }
            #expect(try target.follow() == 0)
        } else {
            try second()
            #expect(throws: IndexError.notesGone) { try target.follow() }
            // What it takes away is its own.
            source.endNotes()
            #expect(try !notes().isEmpty)
        }
        target.abandon()
    }

    @Test("are noted whoever writes", .enabled(if: TestIndex.isPostgreSQL))
    func otherRole() throws {
        let target = try MoveTarget(at: try place(.file), of: Fixture.storeID)
        try writer.execute(sql: "CREATE ROLE writer; GRANT ALL ON ALL TABLES IN SCHEMA public TO writer")
        try fill(target)
        try writer.execute(sql: "SET ROLE writer")
        try change(1)
        try writer.execute(sql: "RESET ROLE; DROP OWNED BY writer; DROP ROLE writer")
        #expect(try target.follow() > 0)
        target.abandon()
    }

    @Test("do not move from where the store has gone meanwhile")
    func goneMeanwhile() throws {
        try writer.execute(sql: "UPDATE store SET moved_to = 'elsewhere'")
        #expect(throws: IndexError.moved(to: "elsewhere")) { try source.lock() }
        source.unlock()
    }
}
