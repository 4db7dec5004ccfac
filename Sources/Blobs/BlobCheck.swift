import Glibc
import Synchronization

extension DiskBlobStore {
    /// Reads published bytes to their end, and returns what their digest is today.
    ///
    /// What was read leaves the page cache, so that reading the whole store does not displace what others read.
    ///
    /// - Throws: ``BlobError/notFound(_:)``; ``BlobError/io(operation:errno:)`` when the disk cannot read them;
    ///   `CancellationError` once the task is cancelled.
    package func digest(of key: BlobKey) async throws -> BlobDigest {
        let wish = CancellationWish()
        let digest = try await withTaskCancellationHandler {
            try await run { (directory) throws(BlobError) in try directory.digest(of: key, unless: wish) }
        } onCancel: {
            wish.isCancelled.store(true, ordering: .relaxed)
        }
        guard let digest else { throw CancellationError() }
        return digest
    }

    /// Moves published bytes to `quarantine/`, durably, where nothing serves them. It is fine if there are none.
    package func quarantine(_ key: BlobKey) async throws(BlobError) {
        try await run { (directory) throws(BlobError) in try directory.quarantine(key) }
    }

    /// Whether `incoming/` names the key: its row may be about to be committed (invariant 7).
    package func isUnderWay(_ key: BlobKey) async throws(BlobError) -> Bool {
        try await run { (directory) throws(BlobError) in
            try Descriptor.names(in: directory.incoming.raw, ".").contains { IncomingName($0)?.key == key }
        }
    }
}

/// Tells blocking work that its task was cancelled.
private final class CancellationWish: Sendable {
    let isCancelled = Atomic(false)
}

extension StoreDirectory {
    /// Nil when it was cancelled.
    fileprivate func digest(of key: BlobKey, unless wish: CancellationWish) throws(BlobError) -> BlobDigest? {
        let reader = try reader(of: key)
        while !wish.isCancelled.load(ordering: .relaxed) {
            if try reader.next() == nil { return reader.digest() }
        }
        return nil
    }

    private func reader(of key: BlobKey) throws(BlobError) -> HashingReader {
        do throws(BlobError) {
            return try HashingReader(key.description, in: blobs.raw)
        } catch .io(_, ENOENT) {
            throw .notFound(key)
        }
    }
}
