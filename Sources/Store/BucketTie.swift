import Blobs
import Index

extension FileStore {
    /// Sees that the store is here, that its bucket can be used and that it is this store's, and makes a new one its own. An
    /// object there has the id of the store: two stores with one bucket would remove each other's bytes. A store that has
    /// moved here is at home from then on.
    ///
    /// Comes before ``recover()``.
    ///
    /// - Returns: what the operator should know of the bucket, in sentences.
    /// - Throws: ``IndexError/moved(to:)``; ``StoreError/bucketOfAnother``, ``StoreError/bucketIsClaimed``,
    ///   ``StoreError/bucketIsNotOurs``, ``StoreError/bytesAreOnDisk`` and ``StoreError/bytesAreInBucket``;
    ///   ``BlobError/unreachable(reason:)``.
    package func tie() async throws -> [String] {
        let movedTo = try await index.read { try $0.movedTo() }
        if let movedTo, movedTo != place.description { throw IndexError.moved(to: movedTo) }
        let remarks = try await tieBucket()
        if case .postgreSQL(let server) = place.index { try folder.note(.index, server.address) }
        if movedTo != nil { try await index.write(for: .upkeep) { try $0.arrive() } }
        return remarks
    }

    private func tieBucket() async throws -> [String] {
        guard case .bucket(let blobs) = blobs else {
            if let bucket = FolderNote.bucket.read(in: root) { throw StoreError.bytesAreInBucket(bucket) }
            return []
        }
        let bucket = blobs.bucket
        let remarks = try await bucket.prove()
        let isNoted = try folder.has(.bucket)
        // A file of an index has its bytes where its folder says.
        let mustBeEmpty = !isNoted && !index.isShared
        if mustBeEmpty, try await index.read({ try $0.blobCount() }) > 0 { throw StoreError.bytesAreOnDisk }
        if let owner = try await bucket.owner() {
            guard owner == index.storeID else { throw StoreError.bucketOfAnother(owner) }
        } else {
            if isNoted { throw StoreError.bucketIsNotOurs }
            guard try await index.read({ try $0.blobCount() }) == 0 else { throw StoreError.bytesAreOnDisk }
            guard try await blobs.list(after: nil, limit: 1).isEmpty else { throw StoreError.bucketIsNotOurs }
            if let other = try await bucket.claim(for: index.storeID) { throw StoreError.bucketIsClaimed(other) }
        }
        try folder.note(.bucket, blobs.settings.text)
        return remarks
    }
}
