import Dispatch

/// The one connection that writes. It has its own dispatch queue.
final class Writer: Sendable {
    /// Whether the log has commits that SQLite could not take, so that rows which were stored may be missing.
    let hasLostCommits: Bool
    private let connection: SQLiteConnection
    private let queue = DispatchQueue(label: "index")
    private let checkpoints: Checkpoints

    /// Opens the index file, creates or migrates it, and ties a new one to the store `storeID`.
    ///
    /// - Throws: ``IndexError/foreignStore``, ``IndexError/newerSchema`` and ``IndexError/unknownSchema``, before anything is
    ///   changed.
    init(path: String, storeID: String) throws {
        let lastCommit = LeftLog.lastCommit(ofIndexAt: path)
        connection = try SQLiteConnection(path: path, .readWrite)
        let reader = Reader(connection: .sqlite(connection))
        // Takes effect in a new index only, and before anything else is done to it. See `IndexFiles.giveBackPages`.
        try connection.run(script: "PRAGMA auto_vacuum = INCREMENTAL")
        try connection.run(script: "PRAGMA journal_mode = WAL")
        // With NORMAL, a power loss may take the last commits (invariant 4).
        try connection.run(script: "PRAGMA synchronous = FULL")
        // A reader that holds a snapshot makes the log grow. In bytes: it is cut back to this once it can be.
        try connection.run(script: "PRAGMA journal_size_limit = \(16 << 20)")
        let log: Log? = try reader.one("PRAGMA wal_checkpoint(PASSIVE)")
        hasLostCommits = lastCommit > log?.frames ?? 0
        try Schema.checkStore(storeID, reader)
        try Schema.migrate(connection)
        try Schema.recordStore(storeID, connection)
        checkpoints = try Checkpoints(path: path)
        checkpoints.install(in: connection)
    }

    /// Runs `body` after everything queued before it, outside of any transaction.
    func run(_ body: @escaping @Sendable (SQLiteConnection) -> Void) {
        queue.async { [connection] in if connection.isOpen { body(connection) } }
    }

    /// Waits for everything queued, then closes the connections.
    func close() {
        // Behind the last commit, which may still ask for a checkpoint.
        queue.sync {}
        checkpoints.close()
        queue.sync { connection.close() }
    }
}

/// What a checkpoint says: whether it was held up, how many frames of the log count, and how many it wrote back.
private struct Log: RowReadable {
    let frames: Int

    init(row: inout Row) {
        let _: Int = row.next()
        frames = row.next()
        let _: Int = row.next()
    }
}
