import Dispatch

/// The one connection that writes to the files of SQLite.
///
/// Nothing is reported as stored when the files were removed or replaced meanwhile.
final class SQLiteWriter: GroupWriter {
    /// Whether the log has commits that SQLite could not take, so that rows which were stored may be missing.
    let hasLostCommits: Bool
    private let connection: SQLiteConnection
    private let queue = DispatchQueue(label: "index")
    private let checkpoints: Checkpoints
    private let files: IndexFiles
    private let feed: ChangeFeed
    private let place: String

    /// Opens the index file, creates or migrates it, and ties a new one to the store `storeID`.
    ///
    /// - Parameters:
    ///   - reserve: how many bytes of the disk stay free for upkeep (``Purpose``).
    ///   - feed: told of each commit.
    ///   - place: where the store is for this process, in the words of `store.moved_to`.
    /// - Throws: ``IndexError/foreignStore``, ``IndexError/newerSchema`` and ``IndexError/unknownSchema``, before anything is
    ///   changed.
    init(path: String, storeID: String, reserve: Int64, feed: ChangeFeed, place: String) throws {
        let ballast = Ballast(indexPath: path, reserve: reserve)
        ballast.giveUpIfFull()
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
        // Best effort: they only cost time and room.
        _ = try? connection.transaction { [connection] in try ChangeNotes.removeAll(from: .sqlite(connection)) }
        checkpoints = try Checkpoints(path: path)
        checkpoints.install(in: connection)
        files = IndexFiles(path: path, reserve: reserve, ballast: ballast)
        (self.feed, self.place) = (feed, place)
    }

    func run(_ body: @escaping @Sendable () -> Void) {
        queue.async { [connection] in if connection.isOpen { body() } }
    }

    func commit(_ units: (Transaction, IndexFiles?) throws -> Void) throws -> Bool {
        let tx = transaction()
        var isSearchBehind = false
        do {
            try files.checkInPlace()
            files.ballast.giveUpIfFull()
            try connection.transaction {
                try tx.checkNotMoved(from: place)
                try units(tx, files.isRoomy(forUnits: CommitQueue.maxUnitsPerCommit, tx) ? nil : files)
                isSearchBehind = try SearchChanges.apply(in: tx)
            }
            try files.checkInPlace()
        } catch {
            // It may have happened after all.
            feed.countCommit()
            throw error
        }
        feed.countCommit()
        feed.publish(tx.announcements.changes, bells: tx.announcements.bells)
        return isSearchBehind
    }

    /// Gives back unused pages.
    func tidyUp() -> Bool {
        // Best effort: whatever is wrong, the next unit meets it too, and its caller is told.
        if (try? files.giveBackPages(transaction())) == true { return true }
        files.ballast.takeIfPlenty()
        return false
    }

    private func transaction() -> Transaction {
        Transaction(connection: .sqlite(connection), now: .now(), announcements: Announcements())
    }

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
