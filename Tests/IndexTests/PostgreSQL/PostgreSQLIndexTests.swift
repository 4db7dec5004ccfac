import Foundation
import IndexSupport
import Synchronization
import Testing

@testable import Index

@Suite("An index on PostgreSQL", .timeLimit(.minutes(2))) struct PostgreSQLIndexTests {
    private let server: PostgreSQLServer
    private let index: StoreIndex

    init() throws {
        server = try PostgreSQLCluster.shared.get().makeDatabase()
        index = try StoreIndex(on: server, newStoreID: "store-1", timePerGroup: .seconds(3600))
        try PostgreSQLConnection(to: server).run(script: "CREATE TABLE probes (name text PRIMARY KEY)")
    }

    private func names() async throws -> [String] { try await index.names() }

    // MARK: Reads and units

    @Test("a unit is stored whole or not at all, whatever the others of its group do")
    func units() async throws {
        struct Stop: Error {}
        let units: [@Sendable (Transaction) throws -> Void] = [
            { try $0.add("a") },
            {
                try $0.add("b")
                throw Stop()
            },
            {
                try $0.add("c")
                try $0.add("a")
            },
            {
                // Who hides an error has no commit.
                try $0.add("d")
                _ = try? $0.add("a")
            },
            { try $0.add("e") },
        ]
        let results = try await index.asOneGroup(units)
        #expect(try results[0].get() == ())
        #expect(throws: Stop.self) { try results[1].get() }
        #expect(throws: IndexError.duplicate) { try results[2].get() }
        #expect(throws: IndexError.refused(state: "25P02", "a statement of the transaction failed")) {
            try results[3].get()
        }
        #expect(try results[4].get() == ())
        #expect(try await names() == ["a", "e"])
        index.close()
    }

    @Test("all queries of a read see the same state")
    func snapshot() async throws {
        let other = try PostgreSQLConnection(to: server)
        let counts = try await index.read { reader in
            let before: Int = try reader.one("SELECT count(*) FROM probes") ?? -1
            try other.execute("INSERT INTO probes VALUES ('late')", [])
            return [before, try reader.one("SELECT count(*) FROM probes") ?? -1]
        }
        #expect(counts == [0, 0])
        #expect(try await names() == ["late"])
    }

    @Test("keys that are due are found in their order, however many are not due yet")
    func dueKeys() throws {
        let connection = try PostgreSQLConnection(to: server)
        // A table without rows is read whole, unless that is forbidden.
        try connection.run(script: "SET enable_seqscan = off; SET enable_bitmapscan = off")
        let plan: [String] = try Reader(connection: .postgreSQL(connection)).all(
            """
            EXPLAIN SELECT not_before, key FROM doomed_keys WHERE (not_before, key) > (1, '') AND not_before <= 7
            ORDER BY not_before, key LIMIT 64
            """
        )
        #expect(plan.contains { $0.contains("doomed_keys_by_time") }, "\(plan)")
        #expect(!plan.contains { $0.contains("Sort") }, "\(plan)")
    }

    @Test("more reads than connections wait in line, and see how much they may read")
    func manyReads() async throws {
        let limits = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await ReadLimit.$bytes.withValue(number) { try await index.read { _ in ReadLimit.bytes } }
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(limits == Set(0..<40))
    }

    @Test("a read cannot write")
    func readOnly() async throws {
        await #expect(throws: IndexError.readOnly) {
            try await index.read { _ = try $0.connection.execute("INSERT INTO probes VALUES ('x')", []) }
        }
    }

    @Test("a read ends when its task is cancelled, and its connection goes on")
    func cancelledRead() async throws {
        let task = Task { try await index.read { try $0.one("SELECT pg_sleep(60)::text") as String? } }
        try await watch(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()
            """
        )
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for _ in 0..<20 { #expect(try await names() == []) }
    }

    @Test("a read that was cancelled before it began does not begin")
    func cancelledBefore() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await index.read { try $0.one("SELECT 1") as Int? }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("after the end nothing is taken any more")
    func closed() async throws {
        index.close()
        await #expect(throws: IndexError.closed) { try await index.read { _ in } }
        await #expect(throws: IndexError.closed) { try await index.write { _ in } }
        let others = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        try await watch(others, until: 0)
    }

    // MARK: Connections that end

    @Test("a read goes on where its connection was ended while it was idle, and in its middle")
    func lostRead() async throws {
        #expect(try await names() == [])
        try terminateReaders()
        #expect(try await names() == [])
        let runs = Mutex(0)
        let answer: Int? = try await index.read { reader in
            let run = runs.withLock { count in
                count += 1
                return count
            }
            let process: Int? = try reader.one("SELECT pg_backend_pid()")
            if run == 1 { try terminate(process) }
            return try reader.one("SELECT 7")
        }
        #expect(answer == 7)
        #expect(runs.withLock { $0 } == 2)
    }

    @Test("a group whose connection ends before its commit runs again", arguments: ["unit", "commit"])
    func lostBeforeCommit(when: String) async throws {
        let runs = Mutex(0)
        try await index.write { tx in
            let run = runs.withLock { count in
                count += 1
                return count
            }
            try tx.add("a")
            let process: Int? = try tx.one("SELECT pg_backend_pid()")
            guard run == 1 else { return }
            if when == "commit" {
                tx.db.willCommit = { try terminate(process) }
            } else {
                try terminate(process)
                try tx.add("b")
            }
        }
        #expect(runs.withLock { $0 } == 2)
        #expect(try await names() == ["a"])
    }

    @Test("a commit whose answer was lost is neither lost nor made twice")
    func lostAnswer() async throws {
        let runs = Mutex(0)
        let (units, before) = (20, index.commitCount)
        for number in 0..<units {
            try await index.write { tx in
                runs.withLock { $0 += 1 }
                try tx.add("\(number)")
                tx.announcements.append(Change(.messageCreated, channelID: "c"), userID: "u")
                guard case .postgreSQL(let connection) = tx.connection else { return }
                connection.didCommit = {
                    connection.giveUp()
                    throw PostgreSQLError(state: "08006", message: "cut by the test")
                }
            }
        }
        #expect(runs.withLock { $0 } == units)
        #expect(try await names().count == units)
        #expect(index.lastChangeNumber == Int64(units))
        #expect(index.commitCount >= before + UInt64(units))
    }

    @Test("a node that hangs with the write lock is thrown out")
    func hangingNode() async throws {
        let other = try PostgreSQLConnection(to: server)
        try other.run(script: "SET idle_in_transaction_session_timeout = '200ms'")
        other.begin("", "SELECT pg_advisory_xact_lock(\(PostgreSQLWriter.lock))")
        try other.execute("INSERT INTO probes VALUES ('hung')", [])
        try await index.write { try $0.add("a") }
        #expect(try await names() == ["a"])
        #expect { try other.commit() } throws: { ($0 as? PostgreSQLError)?.isLoss == true }
    }

    private func terminate(_ process: Int?) throws {
        try PostgreSQLConnection(to: server).execute("SELECT pg_terminate_backend(?::integer, 5000)", [process])
    }

    private func terminateReaders() throws {
        let sql = """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        try PostgreSQLConnection(to: server).execute(sql, [])
    }

    private func watch(_ sql: String, until count: Int = 1) async throws {
        let watcher = Reader(connection: .postgreSQL(try PostgreSQLConnection(to: server)))
        while try watcher.one(sql) != count { await Task.yield() }
    }
}

extension Transaction {
    fileprivate func add(_ name: String) throws { try execute("INSERT INTO probes VALUES (?)", [name]) }
}

extension StoreIndex {
    fileprivate func names() async throws -> [String] {
        try await read { try $0.all("SELECT name FROM probes ORDER BY name COLLATE \"C\"") }
    }
}
