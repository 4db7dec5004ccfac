import Glibc
import NIOCore
import NIOPosix
import Synchronization

// The invariants of the store. This module guards what they say about bytes; `Index` and `Store` guard what they say
// about rows.
//
//  1. A committed attachment has a committed blob. A committed blob has its bytes on disk, durable, with that digest:
//     once `publish` returns, bytes and name survive power loss. Only then may a row be written.
//  2. Bytes without a row are garbage and do no harm. A row without bytes does not exist. So every failure here leaves
//     too many bytes rather than too few.
//  3. The digest says what the bytes are, the key says where they are. A key is published at most once, and its bytes
//     never change: the generation is fresh, link(2) does not replace, and no published file is opened for writing. So
//     a late or repeated remove can only hit a dead key, never the same bytes under a newer key.
//  4. The client gets its 201 after the commit, and the commit is durable. (Store, Index)
//  5. One process at a time has the store open: its folder is locked from `init` to `close`.
//  6. Bytes are referenced only by rows under a foreign key, which one piece of code makes. Time only decides when to
//     try to collect. (Index)
//  7. Nothing is walked at start. Only `incoming/` is swept: a name there carries the key under which its bytes were
//     published, so a publish whose commit never came is found too.
//  8. A channel, a user and the store count their files and bytes in the transactions that add and remove them. So the
//     counts are exact, and no commit exceeds a quota. (Index, Store)
//  9. What an open upload in parts is said to have is on disk, durable: bytes first, then the row. Its file in `incoming/`
//     stays as long as its row is open, and goes at the next start without one. Where there is a bucket, it is in that.
//     (Index, Store)

/// Content-addressed bytes on a local disk: publish, open, read a range, stat, list, remove.
///
/// Everything that can block runs on the given thread pool. A publish of a large file keeps one thread busy for about
/// two flushes; small files share them (`PublishQueue`). Safe to use from any number of tasks.
package final class DiskBlobStore: Sendable {
    /// Names this store for good: 32 hex digits, made with the layout. The index keeps a copy and refuses any other
    /// store.
    package let storeID: String

    let threads: NIOThreadPool
    let chunks = ChunkMemory()
    private let publishes: PublishQueue
    private let directory: Mutex<StoreDirectory?>

    /// Opens the store in `root`, and makes the folder and its layout if they are missing (the parent must exist).
    /// Blocks for a few milliseconds; nothing is walked.
    ///
    /// Throws `.locked` when somebody else has it open, `.missingLayout` or `.foreignLayout` when the folder is not
    /// whole.
    package init(root: String, threads: NIOThreadPool) throws(BlobError) {
        let directory = try StoreDirectory(path: root)
        self.threads = threads
        publishes = PublishQueue(on: threads)
        storeID = directory.storeID
        self.directory = Mutex(directory)
    }

    /// Ends the use of the store; idempotent. Later calls throw `.closed`.
    ///
    /// The lock is released once the calls and spools in flight have ended, or at once when there are none.
    package func close() {
        let last = directory.withLock { $0.take() }
        _ = last
    }

    /// Makes a place to receive bytes, without touching the disk. Keeps the first `sampleBytes` in memory, 64 KiB at
    /// most.
    package func makeSpool(sampleBytes: Int = 65_536) async throws(BlobError) -> Spool {
        Spool(in: try opened(), memory: chunks, threads: threads, sampleBytes: sampleBytes)
    }

    /// Gives received bytes an address of their own. Once it returns, bytes and name survive power loss (invariants 1
    /// and 3).
    ///
    /// May be called again for the same spool, and gives another key each time. If no row is committed for a key,
    /// `remove` the key, then `discard` the spool; after a crash in between, `sweepIncoming` cleans up. After an error
    /// the spool is gone.
    package func publish(_ blob: SpooledBlob) async throws(BlobError) -> BlobKey {
        _ = try opened()
        let key = BlobKey.fresh(for: blob.digest)
        if let content = blob.content {
            try await publishes.publish(content, of: blob.file, as: key)
        } else {
            try await threads.run { () throws(BlobError) in try blob.file.publish(nil, as: key) }
        }
        return key
    }

    /// Drops a spool, after the commit or instead of it; idempotent. Bytes already published from it stay.
    ///
    /// - Parameter leavingPublished: as ``Spool/discard(leavingPublished:)``.
    package func discard(_ blob: SpooledBlob, leavingPublished: Bool = false) async {
        if !(leavingPublished && blob.file.isPublished) { await blob.file.discard(on: threads) }
    }

    /// Opens published bytes; throws `.notFound`.
    ///
    /// Runs on the calling thread: opening a name that the kernel has cached takes some 5 µs, a hop to the pool and
    /// back 20.
    nonisolated(nonsending) package func open(_ key: BlobKey) async throws(BlobError) -> BlobReader {
        try openNow(key)
    }

    /// The same for who cannot wait.
    package func openNow(_ key: BlobKey) throws(BlobError) -> BlobReader {
        try BlobReader(key, in: try opened(), threads: threads)
    }

    /// The size and time of published bytes; nil when there are none. Runs on the calling thread, as ``open(_:)`` does.
    package func stat(_ key: BlobKey) async throws(BlobError) -> BlobStat? {
        let directory = try opened()
        var status = Glibc.stat()
        let found = try check("stat", unless: ENOENT) {
            fstatat(directory.blobs.raw, key.description, &status, AT_SYMLINK_NOFOLLOW)
        }
        return found ? BlobStat(status) : nil
    }

    /// Returns up to `limit` keys after `after`, in key order; an empty answer is the end. Skips names that are not
    /// keys.
    package func list(after: BlobKey?, limit: Int) async throws(BlobError) -> [BlobKey] {
        try await run { (directory) throws(BlobError) in try directory.keys(after: after, limit: limit) }
    }

    /// Removes published bytes, durably. It is fine if there are none: a repeated remove cannot hit anything newer
    /// (invariant 3).
    package func remove(_ key: BlobKey) async throws(BlobError) {
        _ = try await run { (directory) throws(BlobError) in try directory.removeBlob(key) }
    }

    /// The same for many keys, with one flush for each folder instead of one for each key.
    ///
    /// - Returns: how many bytes that took off the disk.
    package func remove(_ keys: [BlobKey]) async throws(BlobError) -> Int {
        try await run { (directory) throws(BlobError) in try directory.removeBlobs(keys) }
    }

    /// Removes what dead processes left in `incoming/`, and the bytes they published but never committed a row for
    /// (invariant 7). It leaves the spools of this process alone, so it may run during uploads.
    ///
    /// `isReferenced` gets up to 500 keys and returns those that have a committed blob row. Its errors are passed on;
    /// the batch it was asked about stays for the next sweep.
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

    /// How many bytes this user can still write here. Runs on the calling thread, as ``open(_:)`` does.
    package func freeBytes() async throws(BlobError) -> Int64 {
        let directory = try opened()
        var status = statvfs()
        try check("statvfs") { fstatvfs(directory.root.raw, &status) }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    /// Throws unless a small file can be made, flushed and removed. For the health check; costs one flush.
    package func checkWritable() async throws(BlobError) {
        try await run { (directory) throws(BlobError) in
            let probe = IncomingFile(in: directory)
            defer { probe.discard() }
            try probe.append(ByteBuffer(string: "placet"))
            try probe.flush()
        }
    }

    func opened() throws(BlobError) -> StoreDirectory {
        guard let directory = directory.withLock({ $0 }) else { throw .closed }
        return directory
    }

    /// Runs blocking work on the pool while keeping the folder open.
    func run<Value: Sendable>(
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
