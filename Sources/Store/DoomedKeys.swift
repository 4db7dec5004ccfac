import Blobs
import Index

extension FileStore {
    /// Removes the bytes of a doomed key, then the note that they have to go. A crash in between leaves the note, and
    /// whoever acts on it again finds no bytes, which is fine (invariant 3).
    func removeDoomed(_ key: String) async throws {
        if let key = BlobKey(key) { try await blobs.remove(key) }
        try await index.write { tx in try tx.removeDoomed(key: key) }
    }
}
