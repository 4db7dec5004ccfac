import CSQLite

/// A connection to the index file, used by one thread at a time: whoever lends it sees to that. Inside the closures of
/// reads and units it is the one that they run on.
///
/// It compiles a statement once and finds it again by its text, so texts are constants with `?`.
package final class SQLiteConnection: @unchecked Sendable {
    enum Mode { case readOnly, readWrite }

    private static let hasStoppedCounting: Void = sqlite3_stop_counting_memory()

    /// For functions and hooks.
    let handle: OpaquePointer
    private(set) var isOpen = true
    private var statements: [String: OpaquePointer] = [:]
    #if DEBUG
        /// Called before each commit, which fails with what it throws; for the tests.
        package var willCommit: (() throws -> Void)?
    #endif

    /// Opens the file at `path`, or creates it.
    ///
    /// - Throws: ``SQLiteError``.
    init(path: String, _ mode: Mode) throws {
        Self.hasStoppedCounting
        // NOMUTEX: no two threads use it at once.
        let access = mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened, result == SQLITE_OK else {
            let code = opened.map(sqlite3_extended_errcode) ?? result
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code)
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        // This process has one writer, so only an operator's shell, a backup or a move can hold the lock.
        sqlite3_busy_timeout(handle, 5000)
        try run(script: "PRAGMA foreign_keys = ON")
        try Functions.define(in: self)
    }

    /// The last connection to close writes the log back into the index.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    deinit { close() }

    // MARK: Statements

    /// Runs a statement and reads its rows one by one, until there are no more or `read` returns false.
    func rows(_ sql: String, _ arguments: Arguments, while read: (Row) throws -> Bool) throws {
        let statement = try bound(sql, arguments)
        defer {
            sqlite3_reset(statement)
            // Else the connection keeps a copy of the arguments, of 8 MiB maybe, until the statement runs again.
            sqlite3_clear_bindings(statement)
        }
        let row = Row(ofSQLite: statement, columnCount: sqlite3_column_count(statement))
        while try step(statement), try read(row) {}
    }

    /// Runs a statement to its end. Returns how many rows it inserted, changed or deleted itself; cascades do not
    /// count.
    @discardableResult
    func execute(_ sql: String, _ arguments: Arguments) throws -> Int {
        try rows(sql, arguments) { _ in true }
        return Int(sqlite3_changes64(handle))
    }

    /// Runs statements without arguments, one after the other.
    package func run(script: String) throws {
        try SQLiteError.check(sqlite3_exec(handle, script, nil, nil, nil))
    }

    /// The compiled statement, ready for its first row. Its `?` and the arguments are as many, or the process ends.
    private func bound(_ sql: String, _ arguments: Arguments) throws -> OpaquePointer {
        let statement = try compiled(sql)
        precondition(
            sqlite3_bind_parameter_count(statement) == CInt(arguments.count),
            "As many `?` as arguments: \(sql)"
        )
        for (index, argument) in arguments.enumerated() {
            try SQLiteError.check((argument?.stored ?? .null).bind(to: statement, at: CInt(index + 1)))
        }
        return statement
    }

    private func compiled(_ sql: String) throws -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        let flags = CUnsignedInt(SQLITE_PREPARE_PERSISTENT)
        try SQLiteError.check(sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil))
        guard let statement else { preconditionFailure("No statement: \(sql)") }
        statements[sql] = statement
        return statement
    }

    /// Whether there is one more row.
    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result: throw SQLiteError(code: result)
        }
    }

    // MARK: Transactions

    /// Runs `body` in a transaction that has the write lock from the start, and commits it; or undoes it when `body` or
    /// the commit fails.
    func transaction(_ body: () throws -> Void) throws {
        try execute("BEGIN IMMEDIATE TRANSACTION", [])
        do {
            try body()
            #if DEBUG
                try willCommit?()
            #endif
            try execute("COMMIT TRANSACTION", [])
        } catch {
            if isInsideTransaction { _ = try? execute("ROLLBACK TRANSACTION", []) }
            throw error
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
    var isInsideTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}
