import GRDB
import GRDBSQLite

/// A connection to the index file, valid on its thread during a read or a unit of work.
///
/// Each connection compiles a statement once and finds it again by its text, so texts are constants with `?`. Statements
/// are bound and stepped by SQLite's own functions: GRDB's arguments and cursors cost more than a look-up itself.
package struct SQLiteConnection {
    /// For the tests, which look below the queries.
    package let database: Database

    /// Runs a statement and reads its rows one by one, until there are no more or `read` returns false.
    func rows(_ sql: String, _ arguments: Arguments, while read: (Row) throws -> Bool) throws {
        let statement = try bound(sql, arguments)
        defer {
            sqlite3_reset(statement)
            // Else the connection keeps a copy of the arguments, of 8 MiB maybe, until the statement runs again.
            sqlite3_clear_bindings(statement)
        }
        let row = Row(of: statement)
        while try step(statement), try read(row) {}
    }

    /// Runs a statement to its end. Returns how many rows it inserted, changed or deleted itself; cascades do not
    /// count.
    @discardableResult
    func execute(_ sql: String, _ arguments: Arguments) throws -> Int {
        try rows(sql, arguments) { _ in true }
        return database.changesCount
    }

    /// What the full-text index makes of a text of three scalars.
    func trigram(_ text: String) throws -> String {
        let tokenizer = try database.makeTokenizer(FTS5TokenizerDescriptor(components: ["trigram"]))
        return try tokenizer.tokenize(query: text).first?.token ?? text
    }

    /// Runs `body` in a transaction that has the write lock from the start, and commits it.
    func transaction(_ body: () throws -> Void) throws {
        try database.inTransaction(.immediate) {
            try body()
            return .commit
        }
    }

    /// Runs `body` in a savepoint of the transaction. When it throws, its changes are undone.
    func savepoint(_ body: () throws -> Void) throws {
        try execute("SAVEPOINT unit", [])
        do {
            try body()
            try execute("RELEASE unit", [])
        } catch {
            if isInsideTransaction {
                try execute("ROLLBACK TO unit", [])
                try execute("RELEASE unit", [])
            }
            throw error
        }
    }

    /// False after an error that made SQLite roll back the whole transaction.
    var isInsideTransaction: Bool { database.isInsideTransaction }

    /// The compiled statement, ready for its first row. Its `?` and the arguments are as many, or the process ends.
    private func bound(_ sql: String, _ arguments: Arguments) throws -> OpaquePointer {
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        precondition(
            sqlite3_bind_parameter_count(statement) == CInt(arguments.count),
            "As many `?` as arguments: \(sql)"
        )
        for (index, argument) in arguments.enumerated() {
            let result = (argument?.stored ?? .null).bind(to: statement, at: CInt(index + 1))
            guard result == SQLITE_OK else { throw lastError(result) }
        }
        return statement
    }

    /// Whether there is one more row.
    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result: throw lastError(result)
        }
    }

    private func lastError(_ result: CInt) -> DatabaseError {
        let message = database.sqliteConnection.flatMap(sqlite3_errmsg).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: result), message: message)
    }
}

extension Querying {
    /// GRDB's connection, for the tests.
    package var db: Database { connection.database }
}
