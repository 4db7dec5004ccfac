import Crypto
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
    /// In bytes. Small enough to stay in the processor's cache between reading and hashing.
    private static let pieceSize = 262_144

    /// Nil when it was cancelled.
    fileprivate func digest(of key: BlobKey, unless wish: CancellationWish) throws(BlobError) -> BlobDigest? {
        let file = try openToRead(key)
        let raw = file.raw
        posix_fadvise(raw, 0, 0, POSIX_FADV_SEQUENTIAL)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 4096)
        defer { piece.deallocate() }
        var (sha256, offset) = (SHA256(), 0)
        while !wish.isCancelled.load(ordering: .relaxed) {
            let count = try check("read") { pread(raw, piece.baseAddress, piece.count, off_t(offset)) }
            if count == 0 { return BlobDigest(sha256.finalize()) }
            sha256.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[..<count]))
            posix_fadvise(raw, off_t(offset), off_t(count), POSIX_FADV_DONTNEED)
            offset += count
        }
        return nil
    }

    private func openToRead(_ key: BlobKey) throws(BlobError) -> Descriptor {
        do throws(BlobError) {
            return try Descriptor(key.description, in: blobs.raw, O_RDONLY | O_NOFOLLOW)
        } catch .io(_, ENOENT) {
            throw .notFound(key)
        }
    }
}
