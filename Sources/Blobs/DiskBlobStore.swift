import Glibc
import NIOCore
import NIOPosix
import Synchronization

// The invariants of the store. This module guards the halves about bytes; `Index` and `Store` guard the halves about
// rows.
//
//  1. A committed attachment has a committed blob, and a committed blob has its bytes on disk, durable, with that
//     digest: when `publish` returns, bytes and name survive power loss. Only then may a row be written.
//  2. Bytes without a row are garbage and harm nobody; a row without bytes does not exist. So every failure here errs
//     towards bytes too many.
//  3. The digest says what bytes are, the key says where. A key is published at most once and its bytes never change:
//     the generation is fresh, link(2) does not replace, no published file is opened for writing. So a remove that
//     comes late or twice can only hit a key that is dead already, never the same bytes under a newer key.
//  4. The client hears 201 after the commit, and the commit is durable. (Store, Index)
//  5. One process at a time has the store open: `LOCK` is locked from `init` to `close`.
//  6. Bytes are referenced by rows under a foreign key, made in one place; time only decides when to try to collect.
//     (Index)
//  7. Nothing is walked at start. `incoming/` alone is swept: a name there carries the key its bytes were published
//     under, so that a publish whose commit never came is found too.

/// Content-addressed bytes on a local disk: publish, open and read a range, stat, list, remove.
///
/// All work that can block is done on the given thread pool; a thread waits for the disk about two flushes per publish,
/// so the pool's size is also the number of publishes in flight. Safe to use from any number of tasks.
package final class DiskBlobStore: Sendable {
    /// Names this store for ever: 32 hex digits, made with the layout. The index keeps a copy and refuses another.
    package let storeID: String

    private let threads: NIOThreadPool
    private let directory: Mutex<StoreDirectory?>

    /// Opens the store in `root`, which is made with its layout if it is missing (its parent must exist). Blocks for a
    /// few milliseconds; nothing is walked.
    ///
    /// Throws `.locked` when someone else has it open, `.missingLayout` and `.foreignLayout` when the folder is not
    /// whole.
    package init(root: String, threads: NIOThreadPool) throws(BlobError) {
        let directory = try StoreDirectory(path: root)
        self.threads = threads
        storeID = directory.storeID
        self.directory = Mutex(directory)
    }

    /// Ends the use of the store; idempotent. Later calls throw `.closed`; the lock is released when the calls and
    /// spools still in flight have ended, at once when there are none.
    package func close() {
        let last = directory.withLock { $0.take() }
        _ = last
    }

    /// A place to receive bytes. Touches no disk. `sampleBytes` of the beginning are kept in memory, 256 KiB at most.
    package func makeSpool(sampleBytes: Int = 65_536) async throws(BlobError) -> Spool {
        Spool(in: try opened(), threads: threads, sampleBytes: sampleBytes)
    }

    /// Gives received bytes an address that nobody had before; when it returns, bytes and name survive power loss
    /// (invariants 1 and 3).
    ///
    /// May be called again for the same spool and gives another key. If no row is committed for a key, `remove` it,
    /// then `discard` the spool; a crash in between is put right by `sweepIncoming`. After an error the spool is gone.
    package func publish(_ blob: SpooledBlob) async throws(BlobError) -> BlobKey {
        _ = try opened()
        return try await threads.run { () throws(BlobError) in
            let key = BlobKey.fresh(for: blob.digest)
            try blob.file.publish(blob.content, as: key)
            return key
        }
    }

    /// Drops a spool, after the commit or instead of it; idempotent. What was published of it stays.
    package func discard(_ blob: SpooledBlob) async {
        await blob.file.discard(on: threads)
    }

    /// Opens published bytes; throws `.notFound`.
    ///
    /// Done on the calling thread: opening by a name the kernel knows takes some 5 µs, the way to the pool and back 20.
    package func open(_ key: BlobKey) async throws(BlobError) -> BlobReader {
        try BlobReader(key, in: try opened(), threads: threads)
    }

    /// Size and time of published bytes; nil when there are none.
    package func stat(_ key: BlobKey) async throws(BlobError) -> BlobStat? {
        try await run { (directory) throws(BlobError) in
            var status = Glibc.stat()
            let found = try check("stat", unless: ENOENT) {
                fstatat(directory.blobs.raw, key.description, &status, AT_SYMLINK_NOFOLLOW)
            }
            return found ? BlobStat(status) : nil
        }
    }

    /// Up to `limit` keys after `after`, in key order; an empty answer is the end. Names that are no keys are skipped.
    package func list(after: BlobKey?, limit: Int) async throws(BlobError) -> [BlobKey] {
        try await run { (directory) throws(BlobError) in try directory.keys(after: after, limit: limit) }
    }

    /// Removes published bytes, durably. Absent ones are fine: whoever repeats a remove cannot hit anything newer
    /// (invariant 3).
    package func remove(_ key: BlobKey) async throws(BlobError) {
        _ = try await run { (directory) throws(BlobError) in try directory.removeBlob(key) }
    }

    /// Removes what dead processes left in `incoming/`, and bytes they published whose row was never committed
    /// (invariant 7). Spools of this process are not touched, so it may run while uploads do.
    ///
    /// `isReferenced` gets up to 500 keys and returns those with a committed blob row. What it throws comes out; the
    /// batch it was asked about stays for the next sweep.
    package func sweepIncoming(
        isReferenced: @Sendable ([BlobKey]) async throws -> Set<BlobKey>
    ) async throws -> SweepReport {
        let leftovers = try await run { (directory) throws(BlobError) in try directory.leftovers() }
        var total = SweepReport()
        for start in stride(from: 0, to: leftovers.count, by: 500) {
            let batch = Array(leftovers[start..<min(start + 500, leftovers.count)])
            let keys = batch.compactMap(\.key)
            let referenced = keys.isEmpty ? [] : try await isReferenced(keys)
            let report = try await run { (directory) throws(BlobError) in
                try directory.sweep(batch, referenced: referenced)
            }
            total.add(report)
        }
        return total
    }

    /// Bytes that can still be written here by this user.
    package func freeBytes() async throws(BlobError) -> Int64 {
        try await run { (directory) throws(BlobError) in
            var status = statvfs()
            try check("statvfs") { fstatvfs(directory.root.raw, &status) }
            return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
        }
    }

    /// Throws unless a small file can be made, flushed and removed, for a health check. Costs one flush.
    package func checkWritable() async throws(BlobError) {
        try await run { (directory) throws(BlobError) in
            let probe = IncomingFile(in: directory)
            defer { probe.discard() }
            try probe.append(ByteBuffer(string: "placet"))
            try probe.flush()
        }
    }

    private func opened() throws(BlobError) -> StoreDirectory {
        guard let directory = directory.withLock({ $0 }) else { throw .closed }
        return directory
    }

    /// Runs blocking work on the pool while keeping the folder open.
    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (StoreDirectory) throws(BlobError) -> Value
    ) async throws(BlobError) -> Value {
        let directory = try opened()
        return try await threads.run { () throws(BlobError) in try body(directory) }
    }
}

/// What the store knows of published bytes without reading them.
package struct BlobStat: Sendable, Equatable {
    /// In bytes.
    package let size: Int64
    /// When the last byte was written, in Unix milliseconds.
    package let modifiedMilliseconds: Int64

    init(_ status: Glibc.stat) {
        size = Int64(status.st_size)
        modifiedMilliseconds = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }
}
