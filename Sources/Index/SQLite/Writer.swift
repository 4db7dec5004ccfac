import GRDB

/// The connection that writes, with a dispatch queue of its own.
final class Writer: Sendable {
    private let queue: DatabaseQueue

    /// Opens the index file, creates or migrates it, and ties a fresh one to the store `storeID`.
    ///
    /// Throws ``IndexError/foreignStore`` and ``IndexError/newerSchema`` before anything is changed.
    init(path: String, storeID: String) throws {
        queue = try DatabaseQueue(path: path, configuration: .index)
        try queue.writeWithoutTransaction { db in
            // GRDB sets NORMAL while it turns WAL on, and NORMAL may lose the last commits with the power
            // (invariant 4). So FULL comes after opening, and before the first row.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Schema.checkStore(storeID, db)
        }
        try Schema.migrator.migrate(queue)
        try queue.writeWithoutTransaction { db in try Schema.recordStore(storeID, db) }
    }

    /// Runs `body` after what was given before, outside of any transaction.
    func run(_ body: @escaping @Sendable (SQLiteConnection) -> Void) {
        queue.asyncWriteWithoutTransaction { db in body(SQLiteConnection(database: db)) }
    }

    /// Waits for what was given, and closes the connection.
    func close() throws {
        try queue.close()
    }
}

extension Configuration {
    /// What the writer and the readers have in common.
    static var index: Configuration {
        var configuration = Configuration()
        configuration.label = "index"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = true
        // Only an operator's sqlite3 shell or a backup can hold the lock: this process has one writer.
        configuration.busyMode = .timeout(5)
        return configuration
    }
}
