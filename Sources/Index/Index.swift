import Dispatch
import GRDB
import Synchronization

/// The SQLite index: what is stored, for whom, and under which key the bytes lie.
///
/// Reads run beside each other on WAL snapshots; writes go through one writer that commits in groups. Both throw
/// ``IndexError`` for what the database refuses, and the closure's own errors unchanged. Only rows live here, never
/// bytes, and no SQL leaves the module.
///
/// Guards of the store's invariants: 1, 2 and 6 by foreign keys (see `Schema`), 4 by ``write(_:)``.
package final class Index: Sendable {
    private let writer: DatabaseQueue
    private let readers: Readers
    private let slowReads = DispatchQueue(label: "index.slow-reads")
    let commits: CommitQueue
    let feed = ChangeFeed()

    /// Opens the index file at `path`, creates or migrates it, and ties a fresh one to the store `storeID`.
    ///
    /// Blocks for the time of the migrations. Throws ``IndexError/foreignStore`` when the file belongs to another
    /// store and ``IndexError/newerSchema`` when a later release wrote it; the schema is untouched then.
    package init(path: String, storeID: String) throws {
        do {
            writer = try DatabaseQueue(path: path, configuration: Self.configuration)
            try writer.writeWithoutTransaction { db in
                // GRDB sets NORMAL while it turns WAL on, and NORMAL may lose the last commits with the power
                // (invariant 4). So FULL comes after opening, and before the first row.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try Schema.checkStore(storeID, db)
            }
            try Schema.migrator.migrate(writer)
            try writer.writeWithoutTransaction { db in
                try Schema.recordStore(storeID, db)
                if let newest = try Schema.newestMessageID(db) { Identifier.continue(after: newest) }
            }
            readers = Readers(path: path, configuration: Self.configuration)
            commits = CommitQueue(writer, feed: feed)
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Runs `body` on one snapshot of the index; queries inside it see neither each other's gaps nor later commits.
    ///
    /// Keep `body` short and without I/O: it runs on the calling thread (see `Readers`).
    package func read<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
        do {
            return try readers.read(body)
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Runs `body` as ``read(_:)`` does, but on a thread that all of these share, one after another: for what may take
    /// seconds, such as counting a channel, and must hold up neither an event loop nor one processor for each caller.
    package func readSlowly<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            slowReads.async { [readers] in
                continuation.resume(with: Result { try readers.read(body) }.mapError(IndexError.translating))
            }
        }
    }

    /// Queues `body` for the next group commit and returns its value once that commit is durable.
    ///
    /// Each body is atomic: when it throws, only its own changes are undone. The body may be run again by later
    /// engines, so it does no I/O and takes the time from `Transaction.now`. Cancelling the task does not stop it:
    /// once queued, a unit runs to its end and the caller learns how it ended. When the commit itself fails,
    /// everyone in the group gets its error; nothing of the group is stored then, unless the error is
    /// ``IndexError/failure(code:)``, which leaves that open.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await commits.run(body)
    }

    /// A number that grows with every commit, before its writers hear of it: while it stays the same, what was read after
    /// taking it is still true. For memories of what the index said.
    package var commitCount: UInt64 { commits.commitCount.load(ordering: .sequentiallyConsistent) }

    /// Proves that the index can be written, by one small durable commit; throws what a write would throw.
    package func checkWritable() async throws {
        try await write { tx in
            _ = try tx.execute("UPDATE store SET checked_at = ?", [tx.now])
        }
    }

    /// Commits what is queued, closes every connection and ends every wait; later calls throw ``IndexError/closed``.
    ///
    /// Blocks until the last commit has ended. A read that is running ends as if nothing had happened.
    package func close() throws {
        commits.refuseMore()
        readers.close()
        // After the last commit, whose changes are still announced.
        defer { feed.close() }
        do {
            try writer.close()
        } catch {
            throw IndexError.translating(error)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "index"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = true
        // Only an operator's sqlite3 shell or a backup can hold the lock: this process has one writer.
        configuration.busyMode = .timeout(5)
        return configuration
    }
}
