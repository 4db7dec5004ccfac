import Blobs
import Index

extension StoredFile {
    /// The key of the file's bytes.
    ///
    /// - Throws: ``StoreError/damagedRecord(attachmentID:)`` when the row holds no valid key.
    package func key() throws(StoreError) -> BlobKey {
        guard let key = BlobKey(blobKey) else { throw .damagedRecord(attachmentID: attachment.id) }
        return key
    }
}

extension FileStore {
    /// Opens bytes whose length the index knows.
    ///
    /// A row without its bytes never exists (invariants 1 and 2). So a missing or shorter file is damage, which is
    /// noted, and is never sent as a download that looks whole. Nor is one in which a check found other bytes.
    ///
    /// - Throws: ``StoreError/damagedFile(_:size:)``; ``BlobError/notFound(_:)``.
    nonisolated(nonsending) package func open(_ key: BlobKey, size: Int64) async throws -> BlobReader {
        do {
            if let reader = try openNow(key, size: size) { return reader }
            return try whole(try await blobs.open(key, size: size), key, size)
        } catch {
            switch error {
            case BlobError.notFound, StoreError.damagedFile: try await noteDamage(of: key)
            case BlobError.otherBytes: try await noteOtherBytes(of: key)
            default: break
            }
            throw error
        }
    }

    /// The same without waiting and without noting damage. Nil when the bytes are not on this machine.
    package func openNow(_ key: BlobKey, size: Int64) throws -> BlobReader? {
        guard let reader = try blobs.openNow(key) else { return nil }
        return try whole(reader, key, size)
    }

    /// A link by which whoever has it gets the bytes from the bucket, for so many seconds, to keep and not to show; nil when
    /// they are not in one, or damaged.
    package func link(to key: BlobKey, seconds: Int, disposition: String) -> String? {
        guard case .bucket(let bucket) = blobs, damage.known(key) == nil else { return nil }
        return bucket.link(to: key, seconds: seconds, disposition: disposition)
    }

    private func whole(_ reader: BlobReader, _ key: BlobKey, _ size: Int64) throws -> BlobReader {
        if reader.size == size, !damage.hasOtherBytes(key) { return reader }
        throw StoreError.damagedFile(key, size: reader.size)
    }
}
