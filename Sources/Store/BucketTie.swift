import Blobs
import Index

extension FileStore {
    /// Sees that the bucket can be used and that it is this store's, and makes a new one its own. An object there has the
    /// id of the store: two stores with one bucket would remove each other's bytes.
    ///
    /// Comes before ``recover()``.
    ///
    /// - Returns: what the operator should know of it, in sentences.
    /// - Throws: ``StoreError/bucketOfAnother``, ``StoreError/bucketIsClaimed``, ``StoreError/bucketIsNotOurs``,
    ///   ``StoreError/bytesAreOnDisk``;
    ///   ``BlobError/unreachable(reason:)``.
    package func tieBucket() async throws -> [String] {
        guard case .bucket(let bucket) = blobs else { return [] }
        let remarks = try await bucket.prove()
        if let owner = try await bucket.owner() {
            guard owner == index.storeID else { throw StoreError.bucketOfAnother(owner) }
            try folder.noteBucket(bucket.settings.text)
            return remarks
        }
        if try folder.hasNotedBucket() { throw StoreError.bucketIsNotOurs }
        guard try await index.read({ try $0.blobCount() }) == 0 else { throw StoreError.bytesAreOnDisk }
        guard try await bucket.list(after: nil, limit: 1).isEmpty else { throw StoreError.bucketIsNotOurs }
        if let other = try await bucket.claim(for: index.storeID) { throw StoreError.bucketIsClaimed(other) }
        try folder.noteBucket(bucket.settings.text)
        return remarks
    }
}
