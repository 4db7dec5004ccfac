import GRDB

/// The one connection that writes. It has its own dispatch queue.
final class Writer: Sendable {
    /// Whether the log has commits that SQLite could not take, so that rows which were stored may be missing.
    let hasLostCommits: Bool
    private let queue: DatabaseQueue
    private let checkpoints: Checkpoints

    /// Opens the index file, creates or migrates it, and ties a new one to the store `storeID`.
    ///
    /// - Throws: ``IndexError/foreignStore`` and ``IndexError/newerSchema``, before anything is changed.
    init(path: String, storeID: String) throws {
        var configuration = Configuration.index
        // Takes effect in a new index only, and before anything else is done to it. See `IndexFiles.giveBackPages`.
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
        let lastCommit = LeftLog.lastCommit(ofIndexAt: path)
        queue = try DatabaseQueue(path: path, configuration: configuration)
        hasLostCommits = try queue.writeWithoutTransaction { db in
            // Its second column says how many frames of the log count.
            let log = try GRDB.Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
            return lastCommit > log?[1] ?? 0
        }
        try queue.writeWithoutTransaction { db in
            // A reader that holds a snapshot makes the log grow. In bytes: it is cut back to this once it can be.
            try db.execute(sql: "PRAGMA journal_size_limit = \(16 << 20)")
            // GRDB sets NORMAL when it turns WAL on, and with NORMAL a power loss may take the last commits (invariant
            // 4). So FULL is set after opening, and before the first row.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Schema.checkStore(storeID, db)
        }
        try Schema.migrator.migrate(queue)
        checkpoints = try Checkpoints(path: path)
        try queue.writeWithoutTransaction { [checkpoints] db in
            try Schema.recordStore(storeID, db)
            checkpoints.install(in: db)
        }
    }

    /// Runs `body` after everything queued before it, outside of any transaction.
    func run(_ body: @escaping @Sendable (SQLiteConnection) -> Void) {
        queue.asyncWriteWithoutTransaction { db in body(SQLiteConnection(database: db)) }
    }

    /// Waits for everything queued, then closes the connections. The last one to close writes the log back.
    func close() throws {
        // Behind the last commit, which may still ask for a checkpoint.
        queue.writeWithoutTransaction { _ in }
        try checkpoints.close()
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
        configuration.prepareDatabase { db in try Functions.define(in: db) }
        return configuration
    }
}
