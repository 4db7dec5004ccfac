import Blobs
import Index

extension FileStore {
    /// Removes the bytes of a doomed key, then the row that dooms it. After a crash in between the row is still there,
    /// and removing bytes that are gone is fine (invariant 3).
    func removeDoomed(_ key: String) async throws {
        if let key = BlobKey(key) { try await blobs.remove(key) }
        damage.forget(key)
        try await index.write(for: .upkeep) { tx in try tx.removeDoomed(key: key) }
    }
}
