/// A connection to the index, used by one thread at a time: whoever lends it sees to that. Inside the closures of reads
/// and units it is the one that they run on.
///
/// It prepares a statement once and finds it again by its text, so texts are constants with `?`.
package enum IndexConnection: Sendable {
    case sqlite(SQLiteConnection)
    case postgreSQL(PostgreSQLConnection)

    // MARK: Statements

    /// Runs a statement and reads its rows one by one, until there are no more or `read` returns false. `read` runs no
    /// statement itself.
    func rows(_ sql: String, _ arguments: Arguments, while read: (Row) throws -> Bool) throws {
        switch self {
        case .sqlite(let connection): try connection.rows(sql, arguments, while: read)
        case .postgreSQL(let connection): try connection.rows(sql, arguments, while: read)
        }
    }

    /// Runs a statement to its end. Returns how many rows it inserted, changed or deleted itself; cascades do not
    /// count.
    @discardableResult
    func execute(_ sql: String, _ arguments: Arguments) throws -> Int {
        switch self {
        case .sqlite(let connection): try connection.execute(sql, arguments)
        case .postgreSQL(let connection): try connection.execute(sql, arguments)
        }
    }

    /// Runs statements without arguments, one after the other.
    package func run(script: String) throws {
        switch self {
        case .sqlite(let connection): try connection.run(script: script)
        case .postgreSQL(let connection): try connection.run(script: script)
        }
    }

    // MARK: Transactions

    /// Runs `body` in a savepoint of the transaction. When it throws, its changes are undone.
    func savepoint(_ body: () throws -> Void) throws {
        switch self {
        case .sqlite(let connection): try connection.savepoint(body)
        case .postgreSQL(let connection): try connection.savepoint(body)
        }
    }

    /// False after an error that ended the whole transaction.
    var isInsideTransaction: Bool {
        switch self {
        case .sqlite(let connection): connection.isInsideTransaction
        case .postgreSQL(let connection): connection.isInsideTransaction
        }
    }
}
