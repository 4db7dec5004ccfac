import CoreMetrics
import Crypto
import NIOCore
import NIOPosix
import Synchronization

// Invariants 1, 2, 3 and 7 in a bucket (numbered in DiskBlobStore.swift). The spool waits on this node's disk until the
// commit, so every step can be taken again without the client. A crash, here or there, between two steps of a publish
// leaves nothing worse than garbage that is listed:
//
//     step                          doomed_keys         bucket            a crash here leaves
//     --------------------------------------------------------------------------------------------------------------
//     1  the key is doomed          publishing, lease   -                 a row: forgotten after its lease
//     2  PUT, or parts              the same, and       an upload, then   bytes that are doomed already: removed after
//                                   the upload's id     the object        the lease, the upload in parts ended
//     3  HEAD                       the same            object, its       the same
//                                                       length seen
//     (the index commits)           -                   object + row      the normal state
//
// The unit that stores the file takes the row of step 1 away, and fails when it has gone: the collector gave the key up,
// by a unit of its own, before it removed anything. Then all begins again under another key (invariant 3). So a PUT that
// takes longer than its lease, which only parts renew, was sent in vain, and nothing is lost.
//
// A bucket answers late, and twice: a PUT that was given up may arrive after its key was removed. So a key that was given
// up is removed once more an hour later. What comes even later is garbage that only `placet fsck` finds.

/// What is needed to use a bucket.
package struct BucketSettings: Sendable {
    /// As the operator named it.
    package let text: String
    package let location: S3Location
    /// A command that finds a server at work needs none, so only who opens the store says that they are missing.
    let credentials: Result<S3Credentials, S3CredentialsProblem>
    /// What the cache of small contents may take of the node's disk.
    let cacheBytes: Int64
    /// How long objects stay that the collector took.
    package let keep: Duration

    package init(
        text: String,
        location: S3Location,
        credentials: Result<S3Credentials, S3CredentialsProblem>,
        cacheBytes: Int64 = 256 << 20,
        keep: Duration = .zero
    ) {
        (self.text, self.location, self.credentials) = (text, location, credentials)
        (self.cacheBytes, self.keep) = (cacheBytes, keep)
    }
}

/// Content-addressed bytes in a bucket, under the keys that a folder would have.
///
/// Nothing in it is locked, and nothing of it is remembered but what never changes: any number of nodes may use it at the
/// same time. Rows decide who publishes and removes what. Safe to use from any number of tasks.
package final class S3BlobStore: Sendable {
    /// Larger spools are sent in parts.
    static let mostAtOnce: Int64 = 64 << 20
    /// How many objects are removed at the same time.
    private static let removals = 8
    /// How much is read at a time for a digest.
    static let stepBytes: Int64 = 4 << 20

    package let settings: BucketSettings
    package let bucket: S3Bucket
    private let folder: DiskBlobStore
    private let cache: CachedBlobs
    private let isClosed = Atomic(false)

    /// Asks nothing yet (``probe()``).
    ///
    /// - Throws: ``BlobError/unreachable(reason:)`` without credentials.
    package init(
        _ settings: BucketSettings,
        in folder: DiskBlobStore,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) throws(BlobError) {
        (self.settings, self.folder) = (settings, folder)
        cache = try CachedBlobs(in: try folder.opened(), threads: folder.threads, capacity: settings.cacheBytes)
        var requests = S3Settings()
        requests.metrics = metrics
        bucket = try S3Bucket(settings, threads: folder.threads, requests)
    }

    deinit { close() }

    /// Ends all connections, in the background; idempotent.
    package func close() {
        if isClosed.exchange(true, ordering: .relaxed) { return }
        Task.detached { [bucket] in try? await bucket.shutdown() }
    }

    /// May be called again for the same spool, and gives another key each time. If no row is committed for a key, its row
    /// in `doomed_keys` removes it.
    package func publish(
        _ blob: SpooledBlob,
        as kind: BlobKey.Kind = .content,
        under lease: PublishLease
    ) async throws -> BlobKey {
        let key = BlobKey.fresh(kind, for: blob.digest)
        try await lease.begin(key)
        FaultPoint.reached(.leased)
        do {
            try await send(blob, as: key, lease)
        } catch {
            // If the collector has given the key up meanwhile, that is why, and this says so.
            try await lease.renew(key, nil)
            throw error
        }
        if kind == .content, let content = blob.content { await cache.keep(content, of: key) }
        return key
    }

    private func send(_ blob: SpooledBlob, as key: BlobKey, _ lease: PublishLease) async throws {
        if blob.size <= Self.mostAtOnce {
            let source = try blob.source()
            try await reaching { try await bucket.put(key.description, source, sha256: blob.digest.hex) }
        } else {
            let file = try blob.file.reading()
            do {
                try await bucket.putParts(key.description, file, size: blob.size) { try await lease.renew(key, $0) }
            } catch let error as S3Error {
                throw BlobError(reaching: error)
            }
        }
        FaultPoint.reached(.objectSent)
        guard try await size(of: key) == blob.size else {
            throw BlobError.unreachable(reason: "It confirmed an object that it does not have as a whole: \(key).")
        }
        FaultPoint.reached(.objectSeen)
    }

    /// A small content is fetched whole and kept, once its digest is right. Of a larger one only the length is asked.
    nonisolated(nonsending) func open(_ key: BlobKey, size: Int64) async throws(BlobError) -> BlobReader {
        if let kept = cache.open(key) { return kept }
        guard size > 0, size <= CachedBlobs.largest else {
            guard let size = try await self.size(of: key) else { throw .notFound(key) }
            return BlobReader(remote(key, size))
        }
        let bytes = try await read(key, 0..<size)
        var fingerprint = Fingerprint()
        fingerprint.update(bytes)
        guard fingerprint.digest() == key.digest else { throw .otherBytes(key) }
        await cache.keep(bytes, of: key)
        return cache.open(key) ?? BlobReader(remote(key, size))
    }

    /// A link by which anybody gets the bytes for so many seconds, as a file to keep, of no type.
    package func link(to key: BlobKey, seconds: Int, disposition: String) -> String {
        let overrides = [
            ("response-content-disposition", disposition), ("response-content-type", "application/octet-stream"),
            ("response-cache-control", "no-store"),
        ]
        return bucket.presignedURL(for: key.description, seconds: seconds, overrides: overrides)
    }

    /// Nil when the bytes are not in the cache.
    func openNow(_ key: BlobKey) -> BlobReader? { cache.open(key) }

    /// An object that is not there is missing only in a bucket that is: of a bucket that was removed or replaced, nobody is
    /// to believe that all files are damaged.
    func size(of key: BlobKey) async throws(BlobError) -> Int64? {
        if let size = try await reaching({ try await bucket.size(of: key.description) }) { return size }
        try await bucket.checkOwner()
        return nil
    }

    /// For checks alone: a bucket is never listed to find what is to be removed.
    package func list(after: BlobKey?, limit: Int) async throws(BlobError) -> [BlobKey] {
        var (after, keys) = (after?.description ?? "sha256/", [BlobKey]())
        while keys.isEmpty {
            let objects = try await reaching { [after] in try await bucket.list(after: after, limit: limit) }
            guard let last = objects.last else { break }
            keys = objects.compactMap { BlobKey($0.key) }
            after = last.key
        }
        return keys
    }

    /// Ends what was being sent, too. Counts the bytes of which the bucket has confirmed that they were there and that they
    /// are removed.
    func remove(_ keys: [BlobKey], ending uploads: [BlobKey: String]) async throws(BlobError) -> Int {
        try await reaching {
            try await withThrowingTaskGroup(of: Int64.self) { group in
                var (rest, removed) = (keys[...], Int64(0))
                for key in rest.prefix(Self.removals) { group.addTask { try await self.remove(key, uploads[key]) } }
                rest = rest.dropFirst(Self.removals)
                while let size = try await group.next() {
                    removed += size
                    if let key = rest.popFirst() { group.addTask { try await self.remove(key, uploads[key]) } }
                }
                return Int(removed)
            }
        }
    }

    private func remove(_ key: BlobKey, _ upload: String?) async throws -> Int64 {
        cache.remove(key)
        if let upload { try await bucket.abort(upload, key.description) }
        let size = try await bucket.size(of: key.description)
        try await bucket.remove(key.description)
        try await folder.removeDerived(from: key)
        return size ?? 0
    }

    func digest(of key: BlobKey, rest: @Sendable (Duration) async throws -> Void) async throws -> BlobDigest {
        guard let size = try await size(of: key) else { throw BlobError.notFound(key) }
        var (sha256, offset) = (SHA256(), Int64(0))
        while offset < size {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            let bytes = try await read(key, offset..<min(offset + Self.stepBytes, size))
            sha256 = try await hash(bytes, after: sha256)
            offset += Int64(bytes.readableBytes)
            if offset < size { try await rest(ContinuousClock.now - start) }
        }
        return BlobDigest(sha256.finalize())
    }

    func hash(_ bytes: ByteBuffer, after sha256: SHA256) async throws(BlobError) -> SHA256 {
        try await folder.threads.run { () throws(BlobError) in
            var next = sha256
            bytes.withUnsafeReadableBytes { next.update(bufferPointer: $0) }
            return next
        }
    }

    /// The node's own disk has to take spools, and the bucket to answer. Nothing is written there: who asks for health
    /// every second would pay for it.
    func checkWritable() async throws(BlobError) {
        try await folder.checkWritable()
        try await bucket.checkOwner()
    }

    func read(_ key: BlobKey, _ range: Range<Int64>) async throws(BlobError) -> ByteBuffer {
        do {
            return try await bucket.bytes(of: key.description, range: range)
        } catch let error as S3Error where error.isAbsence {
            guard try await size(of: key) == nil else {
                throw .unreachable(reason: "It says of an object that it is there, and that it is not: \(key).")
            }
            throw .notFound(key)
        } catch {
            throw BlobError(reaching: error)
        }
    }

    private func remote(_ key: BlobKey, _ size: Int64) -> RemoteBytes {
        RemoteBytes(size: size) { (range) async throws(BlobError) in
            try await self.read(key, range)
        } stream: { range, pass in
            do {
                for try await piece in self.bucket.read(key.description, range: range) { try await pass(piece) }
            } catch let error as S3Error {
                throw BlobError(reaching: error)
            }
        }
    }
}

/// Turns what the client throws into this module's errors.
func reaching<Value: Sendable>(
    _ body: () async throws -> Value
) async throws(BlobError) -> Value {
    do {
        return try await body()
    } catch {
        throw BlobError(reaching: error)
    }
}

extension BlobError {
    init(reaching error: any Error) {
        self =
            switch error {
            case let error as BlobError: error
            case S3Error.unreadable(let error): error
            case let error as S3Error: .unreachable(reason: error.description)
            default: .unreachable(reason: "The request to the object store was given up.")
            }
    }
}
