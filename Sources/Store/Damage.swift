import Blobs
import Index
import Synchronization

/// The keys whose bytes were found damaged, and have not been stored again since.
///
/// A missing file and a wrong length are seen again whenever somebody asks for them. Other bytes of the right length
/// are not: these keys are marked in the index too. So are the files of all of them, for their owners to see.
package final class Damage: Sendable {
    /// How many keys are remembered; those with other bytes always, because they must not be served. What else is met
    /// then is reported each time.
    private static let capacity = 100_000

    /// Each with whether it has other bytes of the right length.
    private let keys = Mutex<[String: Bool]>([:])
    private let report: @Sendable (BlobKey) -> Void

    init(report: @escaping @Sendable (BlobKey) -> Void) {
        self.report = report
    }

    package var count: Int { keys.withLock(\.count) }

    func note(_ key: BlobKey, hasOtherBytes: Bool = false) {
        let isNew = keys.withLock { keys in
            let known = keys[key.description]
            if known != nil || hasOtherBytes || keys.count < Self.capacity {
                keys[key.description] = hasOtherBytes || known ?? false
            }
            return known == nil
        }
        if isNew { report(key) }
    }

    /// Takes over what the index has marked.
    func take(_ marked: [DamagedKey]) {
        keys.withLock { keys in
            for one in marked { keys[one.key] = one.hasOtherBytes }
        }
    }

    func hasOtherBytes(_ key: BlobKey) -> Bool { known(key) ?? false }

    /// Whether a key that was noted has other bytes; nil when nothing was noted.
    func known(_ key: BlobKey) -> Bool? {
        keys.withLock { $0[key.description] }
    }

    /// The key has no row any more, because the bytes were stored again under another one; or its bytes are right.
    func forget(_ key: String) {
        _ = keys.withLock { $0.removeValue(forKey: key) }
    }
}

extension FileStore {
    /// Whether the bytes of a blob are there and have the right length, and no check found others. They are not read; a
    /// bucket is not even asked, so that equal bytes cost no request.
    func hasWhole(_ blob: Blob) async throws -> Bool {
        guard let key = BlobKey(blob.key), !damage.hasOtherBytes(key) else { return false }
        if blobs.leases { return damage.known(key) == nil }
        if try await blobs.size(of: key) == Int64(blob.size) { return true }
        try await noteDamage(of: key)
        return false
    }

    /// Notes that the bytes of a key are not whole, unless its row has gone since it was read, or has another key. The
    /// first time its files are marked.
    func noteDamage(of key: BlobKey) async throws {
        guard damage.known(key) == nil else { return }
        let isReferenced = try await index.write(for: .upkeep) { try $0.markFilesDamaged(key.description) }
        if isReferenced { damage.note(key) }
    }

    /// Whether a row has that key.
    func isReferenced(_ key: BlobKey) async throws -> Bool {
        try await index.read { reader in
            switch key.kind {
            case .content: try !reader.referencedKeys(among: [key.description]).isEmpty
            case .part: try reader.isPart(key: key.description)
            }
        }
    }

    /// Notes that a key has other bytes than its row says: they are not served from now on, also after a restart.
    func noteOtherBytes(of key: BlobKey) async throws {
        let isMarked = try await index.write(for: .upkeep) { try $0.markDamaged(key.description) }
        if isMarked { damage.note(key, hasOtherBytes: true) }
    }

    /// Takes back what was noted: a check found the right bytes.
    func noteRightBytes(of key: BlobKey) async throws {
        guard let hasOtherBytes = damage.known(key) else { return }
        try await index.write(for: .upkeep) { tx in
            if hasOtherBytes { try tx.unmarkDamaged(key.description) }
            try tx.unmarkFiles(sha256: key.digest.hex)
        }
        damage.forget(key.description)
    }
}
