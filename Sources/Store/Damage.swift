import Blobs
import Index
import Synchronization

/// The keys whose bytes were found missing or of the wrong length, and have not been stored again since.
package final class Damage: Sendable {
    /// How many keys are remembered. Further damage is reported each time it is met.
    private static let capacity = 10_000

    private let keys = Mutex<Set<String>>([])
    private let report: @Sendable (BlobKey) -> Void

    init(report: @escaping @Sendable (BlobKey) -> Void) {
        self.report = report
    }

    package var count: Int { keys.withLock(\.count) }

    func note(_ key: BlobKey) {
        let isNew = keys.withLock { keys in
            guard keys.count < Self.capacity else { return !keys.contains(key.description) }
            return keys.insert(key.description).inserted
        }
        if isNew { report(key) }
    }

    /// The key has no row any more: the bytes were stored again under another one.
    func forget(_ key: String) {
        _ = keys.withLock { $0.remove(key) }
    }
}

extension FileStore {
    /// Whether the bytes of a blob are there and have the right length. Their content is not read.
    func hasWhole(_ blob: Blob) async throws -> Bool {
        guard let key = BlobKey(blob.key) else { return false }
        if try await blobs.stat(key)?.size == Int64(blob.size) { return true }
        try await noteDamage(of: key)
        return false
    }

    /// Notes that the bytes of a key are not whole, unless its row has gone since it was read, or has other bytes.
    func noteDamage(of key: BlobKey) async throws {
        if try await isReferenced(key) { damage.note(key) }
    }

    /// Whether a row has that key.
    func isReferenced(_ key: BlobKey) async throws -> Bool {
        try await index.read { try !$0.referencedKeys(among: [key.description]).isEmpty }
    }
}
