import Dispatch
import Synchronization

/// The SQLite index: what is stored, for whom, and under which key the bytes lie.
///
/// Reads run beside each other on WAL snapshots; writes go through one writer that commits in groups. Both throw
/// ``IndexError`` for what the database refuses, and the closure's own errors unchanged. Only rows live here, never
/// bytes, and no SQL leaves the module.
///
/// Guards of the store's invariants: 1, 2 and 6 by foreign keys (see `CSchema/0001.sql`), 4 by ``write(_:)``.
package final class SQLiteIndex: Sendable {
    private let writer: Writer
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
            writer = try Writer(path: path, storeID: storeID)
            readers = Readers(path: path)
            commits = CommitQueue(writer, feed: feed)
            let newest: String? = try readers.read { try $0.one("SELECT max(id) FROM messages") }
            if let newest { OrderedUUID.continue(after: newest) }
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
}
