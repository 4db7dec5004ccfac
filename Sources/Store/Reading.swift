import Blobs
import Index

extension StoredFile {
    /// The key of the bytes.
    ///
    /// - Throws: ``StoreError/damagedRecord(attachmentID:)``.
    package func key() throws(StoreError) -> BlobKey {
        guard let key = BlobKey(blobKey) else { throw .damagedRecord(attachmentID: attachment.id) }
        return key
    }
}

extension FileStore {
    /// Opens bytes of which the index says how many they are.
    ///
    /// A row without its bytes never exists (invariants 1 and 2): a missing or a shorter file is damage, which the log
    /// explains, and never a download that looks whole.
    ///
    /// - Throws: ``StoreError/damagedFile(_:size:)``; ``BlobError/notFound(_:)``.
    package func open(_ key: BlobKey, size: Int64) async throws -> BlobReader {
        let reader = try await blobs.open(key)
        guard reader.size == size else { throw StoreError.damagedFile(key, size: reader.size) }
        return reader
    }
}
