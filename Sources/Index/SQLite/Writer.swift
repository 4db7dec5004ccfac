import GRDB

/// The one connection that writes. It has its own dispatch queue.
final class Writer: Sendable {
    private let queue: DatabaseQueue

    /// Opens the index file, creates or migrates it, and ties a new one to the store `storeID`.
    ///
    /// - Throws: ``IndexError/foreignStore`` and ``IndexError/newerSchema``, before anything is changed.
    init(path: String, storeID: String) throws {
        queue = try DatabaseQueue(path: path, configuration: .index)
        try queue.writeWithoutTransaction { db in
            // GRDB sets NORMAL when it turns WAL on, and with NORMAL a power loss may take the last commits (invariant
            // 4). So FULL is set after opening, and before the first row.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Schema.checkStore(storeID, db)
        }
        try Schema.migrator.migrate(queue)
        try queue.writeWithoutTransaction { db in try Schema.recordStore(storeID, db) }
    }

    /// Runs `body` after everything queued before it, outside of any transaction.
    func run(_ body: @escaping @Sendable (SQLiteConnection) -> Void) {
        queue.asyncWriteWithoutTransaction { db in body(SQLiteConnection(database: db)) }
    }

    /// Waits for everything queued, then closes the connection.
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
        // In seconds. This process has one writer, so only an operator's shell or a backup can hold the lock.
        configuration.busyMode = .timeout(5)
        return configuration
    }
}
