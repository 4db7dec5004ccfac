import NIOCore

/// Where published bytes are: in the store's folder, or in a bucket that many folders share. The verbs are the same:
/// publish, open, stat, list, remove.
///
/// What is not published stays with the folder, whatever this is: spools, derived files, and without a bucket uploads in
/// parts.
package enum BlobStore: Sendable {
    case disk(DiskBlobStore)
    case bucket(S3BlobStore)

    /// Whether a key has to be doomed until it has a row (``PublishLease``). In a folder the names in `incoming/` do that.
    package var leases: Bool {
        switch self {
        case .disk: false
        case .bucket: true
        }
    }

    /// Gives received bytes an address of their own. Once it returns, they are durable (invariants 1 and 3).
    ///
    /// - Throws: ``BlobError``; what the lease throws.
    package func publish(_ blob: SpooledBlob, under lease: PublishLease) async throws -> BlobKey {
        switch self {
        case .disk(let disk): try await disk.publish(blob)
        case .bucket(let bucket): try await bucket.publish(blob, under: lease)
        }
    }

    /// Opens published bytes. Throws ``BlobError/notFound(_:)``.
    ///
    /// - Parameter size: of the bytes, as the index has it.
    nonisolated(nonsending) package func open(_ key: BlobKey, size: Int64) async throws(BlobError) -> BlobReader {
        switch self {
        case .disk(let disk): try disk.openNow(key)
        case .bucket(let bucket): try await bucket.open(key, size: size)
        }
    }

    /// The same for who cannot wait; nil when they are not on this machine.
    package func openNow(_ key: BlobKey) throws(BlobError) -> BlobReader? {
        switch self {
        case .disk(let disk): try disk.openNow(key)
        case .bucket(let bucket): bucket.openNow(key)
        }
    }

    /// The size of published bytes; nil when there are none.
    package func size(of key: BlobKey) async throws(BlobError) -> Int64? {
        switch self {
        case .disk(let disk): try await disk.stat(key)?.size
        case .bucket(let bucket): try await bucket.size(of: key)
        }
    }

    /// Returns up to `limit` keys after `after`, in key order; an empty answer is the end.
    package func list(after: BlobKey?, limit: Int) async throws(BlobError) -> [BlobKey] {
        switch self {
        case .disk(let disk): try await disk.list(after: after, limit: limit)
        case .bucket(let bucket): try await bucket.list(after: after, limit: limit)
        }
    }

    /// Removes published bytes, durably. It is fine if there are none.
    ///
    /// - Parameter uploads: those in parts that a bucket has to end, by key.
    /// - Returns: how many bytes that removed.
    package func remove(_ keys: [BlobKey], ending uploads: [BlobKey: String] = [:]) async throws(BlobError) -> Int {
        switch self {
        case .disk(let disk): try await disk.remove(keys)
        case .bucket(let bucket): try await bucket.remove(keys, ending: uploads)
        }
    }

    /// Reads published bytes to their end, and returns what their digest is today. See ``DiskBlobStore/digest(of:rest:)``.
    package func digest(
        of key: BlobKey,
        rest: @Sendable (Duration) async throws -> Void = { _ in }
    ) async throws -> BlobDigest {
        switch self {
        case .disk(let disk): try await disk.digest(of: key, rest: rest)
        case .bucket(let bucket): try await bucket.digest(of: key, rest: rest)
        }
    }

    /// Moves published bytes to where nothing serves them, durably. False when that cannot be done: a bucket has no such
    /// place, and they stay where they are.
    package func quarantine(_ key: BlobKey) async throws(BlobError) -> Bool {
        guard case .disk(let disk) = self else { return false }
        try await disk.quarantine(key)
        return true
    }

    /// Whether `incoming/` names the key: its row may be about to be committed (invariant 7). In a bucket, a row says so.
    package func isUnderWay(_ key: BlobKey) async throws(BlobError) -> Bool {
        guard case .disk(let disk) = self else { return false }
        return try await disk.isUnderWay(key)
    }

    /// Throws unless bytes can be taken. For the health check.
    package func checkWritable() async throws(BlobError) {
        switch self {
        case .disk(let disk): try await disk.checkWritable()
        case .bucket(let bucket): try await bucket.checkWritable()
        }
    }
}

/// What is noted in the index before bytes leave for a bucket and while they are on their way. (Store)
package struct PublishLease: Sendable {
    let begin: @Sendable (BlobKey) async throws -> Void
    let renew: @Sendable (BlobKey, _ uploadID: String?) async throws -> Void

    /// - Parameters:
    ///   - begin: dooms the key, durably, before the first byte is sent.
    ///   - renew: keeps the collector from it for some minutes more, and notes an upload in parts that was begun.
    package init(
        begin: @escaping @Sendable (BlobKey) async throws -> Void,
        renew: @escaping @Sendable (BlobKey, _ uploadID: String?) async throws -> Void
    ) {
        (self.begin, self.renew) = (begin, renew)
    }
}
