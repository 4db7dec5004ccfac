import GRDB

/// A connection to the index file, valid on its thread during a read or a unit of work.
///
/// Each connection compiles a statement once and finds it again by its text, so texts are constants with `?`.
package struct SQLiteConnection {
    /// For the tests, which look below the queries.
    package let database: Database

    /// Runs a statement and reads its rows one by one, until there are no more or `read` returns false.
    func rows(_ sql: String, _ arguments: Arguments, while read: (Row) throws -> Bool) throws {
        let statement = try database.cachedStatement(sql: sql)
        let cursor = try Step.fetchCursor(statement, arguments: StatementArguments(arguments))
        let row = Row(of: statement)
        // The statement is reset when the cursor ends.
        try withExtendedLifetime(cursor) {
            while try cursor.next() != nil, try read(row) {}
        }
    }

    /// Runs a statement to its end. Returns how many rows it inserted, changed or deleted itself; cascades do not
    /// count.
    @discardableResult
    func execute(_ sql: String, _ arguments: Arguments) throws -> Int {
        try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
        return database.changesCount
    }

    /// Runs `body` in a transaction that has the write lock from the start, and commits it.
    func transaction(_ body: () throws -> Void) throws {
        try database.inTransaction(.immediate) {
            try body()
            return .commit
        }
    }

    /// Runs `body` in a savepoint. When it throws, its changes are undone.
    func savepoint(_ body: () throws -> Void) throws {
        try database.inSavepoint {
            try body()
            return .commit
        }
    }

    /// False after an error that made SQLite roll back the whole transaction.
    var isInsideTransaction: Bool { database.isInsideTransaction }
}

extension Querying {
    /// GRDB's connection, for the tests.
    package var db: Database { connection.database }
}

extension StatementArguments {
    fileprivate init(_ arguments: Arguments) {
        self.init(arguments.lazy.map { $0?.stored.databaseValue as (any DatabaseValueConvertible)? })
    }
}

/// What GRDB's cursor makes of a row: nothing, because our ``Row`` reads the columns itself. A row of GRDB's would cost
/// 2 µs per statement.
private struct Step: DatabaseValueConvertible, StatementColumnConvertible {
    var databaseValue: DatabaseValue { .null }

    init() {}
    init?(sqliteStatement: SQLiteStatement, index: CInt) {}
    static func fromDatabaseValue(_ value: DatabaseValue) -> Step? { Step() }
    static func fromStatement(_ statement: SQLiteStatement, atUncheckedIndex index: CInt) -> Step? { Step() }
}
