import CPostgreSQL
import CSchema

/// The tables of an index on PostgreSQL, made by the numbered files in `Sources/CSchema/postgresql`. Each file runs once,
/// in order.
enum PostgreSQLSchema {
    private static let oldestServer: CInt = 15
    /// How far apart the clocks of a node and of the server may be. Leases and due times of rows are by a node's clock.
    private static let longestSkew = Duration.seconds(10)

    /// The texts of the files, from number 1 on.
    static var files: [String] {
        sequence(first: 1) { $0 + 1 }.lazy.map { placet_postgresql_schema($0) }.prefix { $0 != nil }.compactMap { $0 }
            .map { String(cString: $0) }
    }

    /// Checks that the index is for this release, runs the files that have not run, and ties a new index to a store. Nodes
    /// that start at the same time do it one after the other.
    ///
    /// - Returns: whose index it is.
    /// - Throws: ``IndexError/newerSchema`` and ``IndexError/unsuitableServer(_:)``, before anything is changed.
    static func prepare(_ connection: PostgreSQLConnection, newStoreID: String) throws -> String {
        let index = Reader(connection: .postgreSQL(connection))
        try checkServer(connection, index)
        while try runNextFile(connection, index) {}
        // Best effort: they only cost time and room.
        try? removeNotes(connection, index)
        return try recordStore(newStoreID, connection, index)
    }

    /// Returns whether there was one.
    private static func runNextFile(_ connection: PostgreSQLConnection, _ index: Reader) throws -> Bool {
        try locked(connection) {
            let done = try number(of: index)
            if done > files.count { throw IndexError.newerSchema }
            guard done < files.count else { return false }
            try runFile(after: done, connection)
            return true
        }
    }

    /// Takes away what a dead move has left, if nobody reads the tables for so long that others would have to wait.
    private static func removeNotes(_ connection: PostgreSQLConnection, _ index: Reader) throws {
        try locked(connection) {
            guard try index.one("SELECT pg_try_advisory_xact_lock(?)", [PostgreSQLWriter.moveLock]) == true else {
                return
            }
            try connection.run(script: "SET LOCAL lock_timeout = '3s'")
            try ChangeNotes.removeAll(from: .postgreSQL(connection))
        }
    }

    /// Runs all files in a transaction of a database that has none of the tables.
    static func create(_ connection: PostgreSQLConnection) throws {
        for done in files.indices { try runFile(after: done, connection) }
    }

    private static func runFile(after done: Int, _ connection: PostgreSQLConnection) throws {
        if done == 0 { try connection.run(script: "CREATE TABLE schema_files (number integer PRIMARY KEY)") }
        try connection.run(script: files[done])
        try connection.execute("INSERT INTO schema_files VALUES (?)", [done + 1])
    }

    private static func recordStore(
        _ id: String,
        _ connection: PostgreSQLConnection,
        _ index: Reader
    ) throws -> String {
        try locked(connection) {
            let values: Arguments = [id, Timestamp.now()]
            try connection.execute(
                "INSERT INTO store (singleton, id, checked_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
                values
            )
            return try index.one("SELECT id FROM store") ?? id
        }
    }

    /// Runs `body` in a transaction with the write lock: nobody writes while the tables change, and who comes second finds
    /// what the first has done. That may take longer than a statement may otherwise.
    private static func locked<T>(_ connection: PostgreSQLConnection, _ body: () throws -> T) throws -> T {
        connection.begin(
            "",
            "SET LOCAL statement_timeout = 0",
            "SET LOCAL lock_timeout = 0",
            "SELECT pg_advisory_xact_lock(\(PostgreSQLWriter.lock))"
        )
        do {
            let value = try body()
            try connection.commit()
            return value
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// How many of the files have run on an index.
    static func number(of index: some Querying) throws -> Int {
        guard try index.exists("SELECT 1 WHERE to_regclass('schema_files') IS NOT NULL") else { return 0 }
        return try index.one("SELECT max(number) FROM schema_files") ?? 0
    }

    static func checkServer(_ connection: PostgreSQLConnection, _ index: Reader) throws {
        let version = PQserverVersion(connection.handle) / 10_000
        guard version >= oldestServer else {
            throw IndexError.unsuitableServer("it is PostgreSQL \(version); \(oldestServer) or later is needed")
        }
        guard try index.one("SHOW server_encoding") == "UTF8" else {
            throw IndexError.unsuitableServer("the database must have the encoding UTF8 (createdb -E UTF8)")
        }
        // Texts are in the order of their bytes, as in SQLite, and yet the server knows the cases of letters.
        guard try index.one("SELECT 'Z' < 'a' AND lower('É') = 'é'") == true else {
            throw IndexError.unsuitableServer(
                "the database must have the locale C.UTF-8 (createdb --locale=C.UTF-8 --template=template0)"
            )
        }
        let now: Timestamp? = try index.one("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        let ahead = (now ?? .now()).duration(to: .now())
        guard ahead < longestSkew, .zero - ahead < longestSkew else {
            throw IndexError.unsuitableServer(
                "its clock is \(Int(abs(ahead / .seconds(1)))) s from this machine's; set both by NTP"
            )
        }
    }
}
