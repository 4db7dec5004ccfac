import Blobs
import Index

extension FileStore {
    /// Whether a file has no row, and nobody is about to give it one or to remove it.
    ///
    /// The order matters. An upload commits the row before its name leaves `incoming/`, and one that fails removes the
    /// file before. The collector dooms the key with the row, and forgets it after the file.
    func isOrphan(_ key: BlobKey) async throws -> Bool {
        if try await blobs.isUnderWay(key) { return false }
        if try await index.read({ try $0.isKnown(key: key.description) }) { return false }
        return try await blobs.size(of: key) != nil
    }

    /// Gives an orphan to the row of the same bytes if that one's are damaged, and otherwise moves it to `quarantine/`:
    /// after a restore of an older index it may be all that is left of a file. A key that is an orphan stays one. Nil when
    /// nothing was done: in a bucket an orphan stays where it is.
    func takeOrphan(_ key: BlobKey) async throws -> Fault.Repair? {
        if try await isAdopted(key) { return .adopted }
        return try await blobs.quarantine(key) ? .quarantined : nil
    }

    private func isAdopted(_ key: BlobKey) async throws -> Bool {
        let name = key.description
        guard key.kind == .content, let damaged = try await index.read({ try $0.blob(sha256: key.digest.hex) }),
            let kind = try await damage(of: damaged)
        else { return false }
        var candidate = damaged
        candidate.key = name
        guard try await damage(of: candidate) == nil else { return false }
        let isMoved = try await index.write(for: .upkeep) { tx in
            guard try tx.moveBlob(sha256: damaged.sha256, from: damaged.key, to: name) else { return false }
            // A forged key may be that of other bytes.
            if kind == .impossibleKey { try tx.removeDoomed(key: damaged.key) }
            return true
        }
        if isMoved, kind != .impossibleKey { try await removeDoomed([damaged.key]) }
        return isMoved
    }
}
