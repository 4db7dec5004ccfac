import CoreMetrics
import Synchronization

/// The SQLite index: what is stored, for whom, and under which key the bytes are.
///
/// Reads run side by side on WAL snapshots. Writes go through one writer, which commits in groups. Both throw
/// ``IndexError`` for what the database refuses, and pass on the closure's own errors. Only rows are kept here, never
/// bytes, and no SQL leaves the module.
///
/// Guards invariants of the store: 1, 2 and 6 by foreign keys (see `CSchema/0001.sql`), 4 by ``write(_:)``.
package final class StoreIndex: Sendable {
    /// Of the store whose index it is.
    package let storeID: String
    private enum Readers {
        case sqlite(SQLiteReaders)
        case postgreSQL(PostgreSQLReaders)
    }

    private let writer: any GroupWriter
    private let readers: Readers
    /// Nil where nobody else writes.
    let listener: FeedListener?
    let commits: CommitQueue
    let feed: ChangeFeed
    private let hasMetDamage = Atomic(false)

    /// Opens the index file at `path`, creates or migrates it, and ties a new one to the store `storeID`.
    ///
    /// Blocks while it migrates.
    ///
    /// - Parameters:
    ///   - place: where the store is for this process. Nothing is written once it was moved elsewhere.
    ///   - reserve: how many bytes of the disk stay free for upkeep (``Purpose``).
    ///   - timePerGroup: when a group commit takes no further unit.
    ///   - metrics: where group commits are counted.
    /// - Throws: ``IndexError/foreignStore`` when the file belongs to another store, ``IndexError/newerSchema`` when a
    ///   later release wrote it, ``IndexError/unknownSchema`` when no release did. Then the schema stays as it was.
    package init(
        path: String,
        storeID: String,
        place: String = "",
        reserve: Int64 = 0,
        timePerGroup: Duration = CommitQueue.timePerGroup,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) throws {
        self.storeID = storeID
        do {
            feed = ChangeFeed()
            let writer = try SQLiteWriter(path: path, storeID: storeID, reserve: reserve, feed: feed, place: place)
            let readers = SQLiteReaders(path: path)
            self.writer = writer
            self.readers = .sqlite(readers)
            hasLostCommits = writer.hasLostCommits
            listener = nil
            commits = CommitQueue(writer, timePerGroup: timePerGroup, metrics: metrics)
            try readers.read { try $0.continueIDs() }
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Opens the index on a PostgreSQL, which other nodes may have open too; creates or migrates it.
    ///
    /// Blocks while it migrates.
    ///
    /// - Parameters:
    ///   - newStoreID: of the store, if the index is new. Else it says itself whose it is.
    ///   - place: where the store is for this process.
    /// - Throws: ``IndexError/newerSchema``, ``IndexError/unreachable(_:)`` and ``IndexError/unsuitableServer(_:)``.
    package init(
        on server: PostgreSQLServer,
        newStoreID: String,
        place: String = "",
        timePerGroup: Duration = CommitQueue.timePerGroup,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) throws {
        do {
            let connection = try PostgreSQLConnection(reaching: server)
            storeID = try PostgreSQLSchema.prepare(connection, newStoreID: newStoreID)
            let index = Reader(connection: .postgreSQL(connection))
            try index.continueIDs()
            feed = ChangeFeed(start: 0)
            // Changes of before the start, so that a listener of another node goes on here.
            feed.publish(try FeedTable.rows(after: 0, in: index))
            let writer = PostgreSQLWriter(connection, to: server, feed: feed, place: place)
            let listener = FeedListener(server, feed, isOwn: writer.isOwn)
            self.writer = writer
            self.listener = listener
            readers = .postgreSQL(PostgreSQLReaders(server))
            hasLostCommits = false
            commits = CommitQueue(writer, timePerGroup: timePerGroup, metrics: metrics)
            listener.start()
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Opens the index wherever it is. With PostgreSQL, the disk for rows and their reserve are the server's business.
    package convenience init(
        at location: IndexLocation,
        storeID: String,
        place: String,
        reserve: Int64,
        metrics: any MetricsFactory
    ) throws {
        switch location {
        case .file(let path):
            try self.init(path: path, storeID: storeID, place: place, reserve: reserve, metrics: metrics)
        case .postgreSQL(let server):
            try self.init(on: server, newStoreID: storeID, place: place, metrics: metrics)
        }
    }

    /// Whether other nodes may use it too.
    package var isShared: Bool { listener != nil }

    /// Whether the log that the last stop left was damaged before its end: rows that were stored may be missing.
    package let hasLostCommits: Bool

    /// Runs `body` on one snapshot of the index: its queries all see the same state.
    ///
    /// `body` does no I/O. With SQLite it runs on the calling thread (see `SQLiteReaders`): handlers whose reads may take
    /// long run `inTurn`. With PostgreSQL it runs on another one, and may run twice.
    /// It throws `CancellationError` once the task is cancelled.
    nonisolated(nonsending) package func read<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T)
        async throws -> T
    {
        do {
            switch readers {
            case .sqlite(let readers): return try readers.read(body)
            case .postgreSQL(let readers): return try await readers.read(body)
            }
        } catch {
            throw noting(IndexError.translating(error))
        }
    }

    /// The same without a task, on the calling thread; nil with PostgreSQL, whose reads leave it.
    func readNow<T>(_ body: (Reader) throws -> T) throws -> T? {
        guard case .sqlite(let readers) = readers else { return nil }
        do {
            return try readers.read(body)
        } catch {
            throw noting(IndexError.translating(error))
        }
    }

    /// Queues `body` for the next group commit, and returns its value once that commit is durable.
    ///
    /// Each body is atomic: when it throws, only its own changes are undone. With PostgreSQL it may run more than
    /// once, so it does no I/O and takes the time from ``Transaction/now``. Cancelling the task does not stop it: a
    /// queued unit runs to its end, and the caller learns how that was.
    ///
    /// - Parameter purpose: whether it may use the reserve. A unit that does not say so may not.
    /// - Throws: what `body` throws; ``IndexError``. When the commit itself fails, the whole group gets its error, and
    ///   nothing of the group is stored. Only ``IndexError/failure(code:)``, ``IndexError/filesReplaced`` and
    ///   ``IndexError/unknownOutcome`` leave that open.
    package func write<T: Sendable>(
        for purpose: Purpose = .content,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await write(for: purpose, of: nil, body)
    }

    /// The same for somebody who acts for no user that the index could judge: the command line, or who is just signing
    /// in. The audit log names him.
    package func write<T: Sendable>(
        as origin: Origin,
        for purpose: Purpose = .content,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await write(for: purpose, of: nil) { tx in try body(tx.acting(as: origin)) }
    }

    /// The same for a user, in whose line the unit waits; nil for the server's own work.
    func write<T: Sendable>(
        for purpose: Purpose,
        of userID: User.ID?,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        do {
            return try await commits.run(for: purpose, of: userID, body)
        } catch {
            throw noting(error)
        }
    }

    /// Grows with every commit, before the callers of its units hear of it. While it has not changed since before a
    /// read, what was read still holds. For caches.
    package var commitCount: UInt64 { feed.commitCount }

    /// How many units wait for the writer now.
    package var waitingUnits: Int { commits.waitingCount }

    /// How many callers sleep until something changes: parked requests and background work.
    package var parkedWaits: Int { feed.doorbells.counts[0] }

    /// Proves that the index can take content, with one small durable commit.
    ///
    /// - Throws: what a write would throw; ``IndexError/damaged`` once any read or write has met damage.
    package func checkWritable() async throws {
        if hasMetDamage.load(ordering: .relaxed) { throw IndexError.damaged }
        try await write { tx in
            _ = try tx.execute("UPDATE store SET checked_at = ?", [tx.now])
        }
    }

    private func noting(_ error: any Error) -> any Error {
        if error as? IndexError == .damaged { hasMetDamage.store(true, ordering: .relaxed) }
        return error
    }

    /// Commits what is queued, closes all connections and ends all waits. Later calls throw ``IndexError/closed``.
    ///
    /// Blocks until the last commit has ended. A read in progress ends normally.
    package func close() {
        commits.refuseMore()
        switch readers {
        case .sqlite(let readers): readers.close()
        case .postgreSQL(let readers): readers.close()
        }
        writer.close()
        listener?.close()
        // After the last commit, whose changes are still announced.
        feed.close()
    }
}

extension Reader {
    /// Ids that are made from now on are greater than those that are stored.
    fileprivate func continueIDs() throws {
        let newest: String? = try one("SELECT max(id) FROM messages")
        if let newest { OrderedUUID.continue(after: newest) }
    }
}
