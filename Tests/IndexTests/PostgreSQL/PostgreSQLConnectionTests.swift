import Foundation
import IndexSupport
import Testing

@testable import Index

@Suite("A connection to PostgreSQL", .timeLimit(.minutes(2))) struct PostgreSQLConnectionTests {
    private let server: PostgreSQLServer
    private let connection: PostgreSQLConnection
    private var reader: Reader { Reader(connection: .postgreSQL(connection)) }

    init() throws {
        server = try PostgreSQLCluster.shared.get().makeDatabase()
        connection = try PostgreSQLConnection(to: server)
    }

    private func failure(_ body: () throws -> Void) -> (any Error)? {
        do { try body() } catch { return IndexError.translating(error) }
        return nil
    }

    // MARK: Values

    @Test("stores each kind of value and reads it back")
    func values() throws {
        try connection.run(script: "CREATE TABLE t (n bigint, i integer, x text, b bytea)")
        let numbers: [Int64] = [.min, -1, 0, 1, 255, 256, .max]
        for number in numbers { try connection.execute("INSERT INTO t (n) VALUES (?)", [number]) }
        #expect(try reader.all("SELECT n FROM t ORDER BY n") as [Int64] == numbers)
        for number: Int64 in [-2_147_483_648, -1, 0, 77] {
            #expect(try reader.one("SELECT ?::integer", [number]) == number)
        }
        for text in ["", "a", "ä€😀\n'\"$1 ?", String(repeating: "x", count: 5_000_000)] {
            #expect(try reader.one("SELECT ?::text", [text]) == text)
        }
        for bytes in [Data(), Data([0, 1, 255]), Data(count: 100_000)] {
            #expect(try reader.one("SELECT ?::bytea", [bytes]) == bytes)
        }
        #expect(try reader.one("SELECT ?::bytea || ?", [Data([1]), Data([2])]) == Data([1, 2]))
    }

    @Test("tells an empty value from NULL")
    func emptyIsNotNull() throws {
        #expect(try reader.one("SELECT ? = ''", [""]) == true)
        #expect(try reader.one("SELECT ?::text IS NULL", [nil]) == true)
        #expect(try reader.one("SELECT ?::bytea IS NULL", [Data()]) == false)
        #expect(try reader.one("SELECT NULL::text") as String? == nil)
    }

    @Test("reads Booleans, sums and names as SQLite gives them")
    func otherTypes() throws {
        #expect(try reader.one("SELECT 1 = 1") == true)
        #expect(try reader.one("SELECT 1 = 2") == 0)
        let sums: [Int64] = [
            0, 1, -1, 9_999, 10_000, 10_001, 100_000_000, -123_456_789_012, 9_007_199_254_740_993, .max,
        ]
        for sum in sums { #expect(try reader.one("SELECT sum(v) FROM (VALUES (?::bigint)) AS t (v)", [sum]) == sum) }
        #expect(try reader.one("SELECT count(*) FROM (VALUES (1), (2)) AS t") == 2)
        #expect(try reader.one("SELECT current_database()") != nil as String?)
        #expect(try reader.one("SELECT 'a'::varchar") == "a")
    }

    @Test("a statement that first had NULL takes a value later")
    func nullFirst() throws {
        let sql = "SELECT coalesce(? + 5, 7)"
        #expect(try reader.one(sql, [nil as Int64?]) == 7)
        #expect(try reader.one(sql, [1_795_472_041_123 as Int64]) == 1_795_472_041_128 as Int64)
        #expect(try reader.one(sql, [nil as Int64?]) == 7)
    }

    @Test("an answer of many rows may be left before its end")
    func leftEarly() throws {
        #expect(try reader.one("SELECT * FROM generate_series(1, 100000)") == 1)
        #expect(try reader.one("SELECT 2") == 2)
        #expect(throws: CancellationError.self) {
            try connection.rows("SELECT * FROM generate_series(1, 10)", []) { _ in throw CancellationError() }
        }
        #expect(try reader.one("SELECT 3") == 3)
    }

    @Test("tells how many rows a statement changed")
    func changes() throws {
        try connection.run(script: "CREATE TABLE t (n bigint); INSERT INTO t VALUES (1), (2), (3)")
        #expect(try connection.execute("UPDATE t SET n = n + 1 WHERE n > ?", [1]) == 2)
        #expect(try connection.execute("DELETE FROM t WHERE n = 99", []) == 0)
        #expect(try connection.execute("INSERT INTO t VALUES (?) RETURNING n", [5]) == 1)
    }

    // MARK: Errors

    @Test("tells what was refused")
    func errors() throws {
        try connection.run(
            script: """
                CREATE TABLE parents (id bigint PRIMARY KEY);
                CREATE TABLE children (
                    id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES parents ON DELETE RESTRICT
                );
                INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)
                """
        )
        let duplicate = failure { try connection.execute("INSERT INTO parents VALUES (?)", [1]) }
        #expect(duplicate as? IndexError == .duplicate)
        let missing = failure { try connection.execute("INSERT INTO children VALUES (?, ?)", [2, 9]) }
        #expect(missing as? IndexError == .missingReference)
        let referenced = failure { try connection.execute("DELETE FROM parents WHERE id = ?", [1]) }
        #expect(referenced as? IndexError == .stillReferenced)
        let readOnly = failure {
            try connection.transaction("READ ONLY") { try connection.execute("DELETE FROM children", []) }
        }
        #expect(readOnly as? IndexError == .readOnly)
        let null = failure { try connection.execute("INSERT INTO children VALUES (?, ?)", [3, nil]) }
        guard case .refused("23502", let words) = null as? IndexError else { return #expect(null == nil) }
        #expect(words.contains("not-null constraint"))
        // The values of the row stay out of logs.
        #expect(!words.contains("(3, null)"))
        let zero = failure { _ = try reader.one("SELECT ?::text", ["a\0b"]) as String? }
        guard case .refused("22021", _) = zero as? IndexError else { return #expect(zero == nil) }
        // A text that is not SQL is an error like others, and the connection goes on.
        guard case .refused("42601", _) = failure({ try connection.execute("SELEC", []) }) as? IndexError else {
            return #expect(Bool(false))
        }
        #expect(try reader.one("SELECT 1") == 1)
    }

    @Test("where no server is, the index is unavailable")
    func noServer() throws {
        let server = try #require(PostgreSQLServer(location: "postgresql://127.0.0.1:1/x"))
        let error = failure { _ = try PostgreSQLConnection(to: server) }
        #expect(error as? IndexError == .unavailable)
        let start = failure { _ = try StoreIndex(on: server, newStoreID: "s") } as? IndexError
        guard case .unreachable(let words) = start else { return #expect(start == nil) }
        #expect(words.contains("127.0.0.1"))
    }

    // MARK: Transactions

    @Test("undoes a transaction that throws, and what a savepoint did alone")
    func savepoints() throws {
        try connection.run(script: "CREATE TABLE t (n bigint PRIMARY KEY)")
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try connection.transaction {
                try connection.execute("INSERT INTO t VALUES (1)", [])
                throw Stop()
            }
        }
        #expect(try reader.one("SELECT count(*) FROM t") == 0)
        try connection.transaction {
            try connection.savepoint { try connection.execute("INSERT INTO t VALUES (?)", [1]) }
            // An error of the server, in whose savepoint nothing else would run any more.
            let error = failure {
                try connection.savepoint {
                    try connection.execute("INSERT INTO t VALUES (?)", [2])
                    try connection.execute("INSERT INTO t VALUES (?)", [1])
                }
            }
            #expect(error as? IndexError == .duplicate)
            #expect(throws: Stop.self) {
                try connection.savepoint {
                    try connection.execute("INSERT INTO t VALUES (?)", [3])
                    throw Stop()
                }
            }
            #expect(throws: Stop.self) { try connection.savepoint { throw Stop() } }
            try connection.savepoint {}
            try connection.savepoint { try connection.execute("INSERT INTO t VALUES (?)", [4]) }
            #expect(connection.isInsideTransaction)
        }
        #expect(!connection.isInsideTransaction)
        #expect(try reader.all("SELECT n FROM t ORDER BY n") == [1, 4])
    }

    @Test("a transaction in which a statement failed is not committed without a word")
    func failedTransaction() throws {
        try connection.run(script: "CREATE TABLE t (n bigint PRIMARY KEY)")
        #expect(throws: PostgreSQLError.failedTransaction) {
            try connection.transaction {
                try connection.execute("INSERT INTO t VALUES (1)", [])
                _ = try? connection.execute("INSERT INTO t VALUES (1)", [])
            }
        }
        #expect(try reader.one("SELECT count(*) FROM t") == 0)
    }

    @Test("a transaction without a statement sends nothing")
    func emptyTransaction() throws {
        try connection.transaction {}
        try connection.transaction { try connection.savepoint {} }
        #expect(try reader.one("SELECT 1") == 1)
    }

    // MARK: The end of connections

    @Test("a statement stops when another thread cancels it")
    func cancel() async throws {
        let before = ContinuousClock.now
        let connection = connection
        let work = Task.detached { try connection.execute("SELECT pg_sleep(60)", []) }
        let watcher = Reader(connection: .postgreSQL(try PostgreSQLConnection(to: server)))
        let sleeping = """
            SELECT count(*) FROM pg_stat_activity
            WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()
            """
        while try watcher.one(sleeping) != 1, before.duration(to: .now) < .seconds(30) { await Task.yield() }
        connection.cancel()
        await #expect { try await work.value } throws: { ($0 as? PostgreSQLError)?.isCancellation == true }
        #expect(before.duration(to: .now) < .seconds(50))
        #expect(try reader.one("SELECT 1") == 1)
    }

    @Test("a connection that the server ends is lost, inside a transaction too")
    func terminated() throws {
        let other = try PostgreSQLConnection(to: server)
        let id: Int? = try reader.one("SELECT pg_backend_pid()")
        #expect(throws: PostgreSQLError.self) {
            try connection.transaction {
                #expect(try reader.one("SELECT 1") == 1)
                try other.execute("SELECT pg_terminate_backend(?::integer)::integer", [id])
                do {
                    while true { try connection.execute("SELECT 2", []) }
                } catch {
                    #expect((error as? PostgreSQLError)?.isLoss == true)
                    #expect(!connection.isInsideTransaction)
                    throw error
                }
            }
        }
        #expect(!connection.isOpen)
        #expect { try connection.execute("SELECT 3", []) } throws: { ($0 as? PostgreSQLError)?.isLoss == true }
        #expect { try connection.run(script: "SELECT 3") } throws: { ($0 as? PostgreSQLError)?.isLoss == true }
    }

    @Test("a server that does not answer in time counts as lost")
    func patience() throws {
        connection.patience = .milliseconds(50)
        let slow = failure { try connection.execute("SELECT pg_sleep(60)", []) }
        #expect(slow as? IndexError == .unavailable)
        #expect(!connection.isOpen)
    }
}
