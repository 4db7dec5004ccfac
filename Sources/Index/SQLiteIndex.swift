import CoreMetrics
import Synchronization

/// The SQLite index: what is stored, for whom, and under which key the bytes are.
///
/// Reads run side by side on WAL snapshots. Writes go through one writer, which commits in groups. Both throw
/// ``IndexError`` for what the database refuses, and pass on the closure's own errors. Only rows are kept here, never
/// bytes, and no SQL leaves the module.
///
/// Guards invariants of the store: 1, 2 and 6 by foreign keys (see `CSchema/0001.sql`), 4 by ``write(_:)``.
package final class SQLiteIndex: Sendable {
    /// Of the store whose index it is.
    package let storeID: String
    private let writer: Writer
    private let readers: Readers
    let commits: CommitQueue
    let feed = ChangeFeed()
    private let hasMetDamage = Atomic(false)

    /// Opens the index file at `path`, creates or migrates it, and ties a new one to the store `storeID`.
    ///
    /// Blocks while it migrates.
    ///
    /// - Parameters:
    ///   - reserve: how many bytes of the disk stay free for upkeep (``Purpose``).
    ///   - timePerGroup: when a group commit takes no further unit.
    ///   - metrics: where group commits are counted.
    /// - Throws: ``IndexError/foreignStore`` when the file belongs to another store, ``IndexError/newerSchema`` when a
    ///   later release wrote it, ``IndexError/unknownSchema`` when no release did. Then the schema stays as it was.
    package init(
        path: String,
        storeID: String,
        reserve: Int64 = 0,
        timePerGroup: Duration = CommitQueue.timePerGroup,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) throws {
        self.storeID = storeID
        do {
            let ballast = Ballast(indexPath: path, reserve: reserve)
            ballast.giveUpIfFull()
            writer = try Writer(path: path, storeID: storeID)
            readers = Readers(path: path)
            let files = IndexFiles(path: path, reserve: reserve, ballast: ballast)
            commits = CommitQueue(writer, files: files, feed: feed, timePerGroup: timePerGroup, metrics: metrics)
            let newest: String? = try readers.read { try $0.one("SELECT max(id) FROM messages") }
            if let newest { OrderedUUID.continue(after: newest) }
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Whether other nodes may use it too.
    package var isShared: Bool { false }

    /// Whether the log that the last stop left was damaged before its end: rows that were stored may be missing.
    package var hasLostCommits: Bool { writer.hasLostCommits }

    /// Runs `body` on one snapshot of the index: its queries all see the same state.
    ///
    /// `body` does no I/O, and runs on the calling thread (see `Readers`): handlers whose reads may take long run `inTurn`.
    /// It throws `CancellationError` once the task is cancelled.
    nonisolated(nonsending) package func read<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T)
        async throws -> T
    {
        do {
            return try readers.read(body)
        } catch {
            throw noting(IndexError.translating(error))
        }
    }

    /// Queues `body` for the next group commit, and returns its value once that commit is durable.
    ///
    /// Each body is atomic: when it throws, only its own changes are undone. An engine to come may run it more than
    /// once, so it does no I/O and takes the time from ``Transaction/now``. Cancelling the task does not stop it: a
    /// queued unit runs to its end, and the caller learns how that was.
    ///
    /// - Parameter purpose: whether it may use the reserve. A unit that does not say so may not.
    /// - Throws: what `body` throws; ``IndexError``. When the commit itself fails, the whole group gets its error, and
    ///   nothing of the group is stored. Only ``IndexError/failure(code:)`` and ``IndexError/filesReplaced`` leave that
    ///   open.
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
    package var commitCount: UInt64 { commits.commitCount.load(ordering: .sequentiallyConsistent) }

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
        readers.close()
        writer.close()
        // After the last commit, whose changes are still announced.
        feed.close()
    }
}
