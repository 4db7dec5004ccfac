import Blobs
import Index

extension FileStore {
    /// Puts the store in order before the first request: uploads that were cut off, and keys that were to be removed.
    ///
    /// Nothing is walked (invariant 7): the work grows only with what was left unfinished.
    ///
    /// - Returns: what cut-off uploads had left.
    /// - Throws: ``StoreError/indexIsMissing``; ``BlobError`` and ``IndexError``.
    package func recover() async throws -> SweepReport {
        try await refuseLostIndex()  // First: without the index, the sweep would take everything for garbage.
        var swept = try await folder.sweepIncoming { keys in
            let referenced = try await index.read { try $0.referencedKeys(among: keys.map(\.description)) }
            return Set(keys.filter { referenced.contains($0.description) })
        }
        swept.leftovers += try await folder.sweepPartials { ids in
            try await index.read { try $0.openUploads(among: ids) }
        }
        // What is in a bucket goes in the background, which may take as long as it does.
        if !blobs.leases { try await removeDueKeys() }
        damage.take(try await index.read { try $0.damagedKeys() })
        return swept
    }

    /// Refuses an index without an owner beside a store with bytes. It is lost, not new: every start that succeeded
    /// left one. Going on would turn all the bytes into garbage.
    private func refuseLostIndex() async throws {
        guard try await index.read({ try $0.firstOwner() }) == nil else { return }
        guard try await blobs.list(after: nil, limit: 1).isEmpty else { throw StoreError.indexIsMissing }
    }
}
