import Blobs
import Index

extension FileStore {
    /// Brings back what a run took, in batches, and stops when `time` is over or its task is cancelled: first the
    /// blobs, then the unattached files, which get a new expiry.
    ///
    /// It is exact beside the removal of the same bytes: the row of a collected blob decides in one unit who has the
    /// key (invariant 2). It is exact beside uploads: the first row of a digest stays (invariant 3). After a crash it
    /// may be begun again.
    ///
    /// - Parameter origin: who the audit log says it was, once something is back.
    /// - Returns: what was done, and how much may still be brought back.
    /// - Throws: ``StoreError/cannotUndo(_:)`` when nothing is left; ``StoreError/noSuchRun``,
    ///   ``StoreError/collectionUnderWay``; ``BlobError`` and ``IndexError``. What is back until then stays so.
    package func undo(
        _ id: CollectionRun.ID,
        by origin: Origin = .server,
        for time: Duration
    ) async throws -> (done: UndoneCollection, rest: Int) {
        try await collectionTurn.run {
            guard let run = try await index.read({ try $0.collectionRun(id) }) else { throw StoreError.noSuchRun }
            guard try await index.read({ try $0.hasToBringBack(of: id) }) else { throw StoreError.cannotUndo(run) }
            let end = ContinuousClock.now + time
            var done = UndoneCollection()
            repeat {
                let batch = try await index.read { try $0.blobsToBringBack(of: id, limit: keysPerStep) }
                done +=
                    try await batch.isEmpty ? bringBackFiles(of: id, by: origin) : bringBack(batch, of: id, by: origin)
                try Task.checkCancellation()
            } while try await index.read { try $0.hasToBringBack(of: id) } && ContinuousClock.now < end
            return (done, try await index.read { try $0.countToBringBack(of: id) })
        }
    }

    private func bringBack(
        _ batch: [Blob],
        of run: CollectionRun.ID,
        by origin: Origin
    ) async throws -> UndoneCollection {
        var (there, missing): ([Blob], [Blob]) = ([], [])
        for blob in batch {
            // A restored backup has the rows without the bytes.
            if try await hasBytes(of: blob) { there.append(blob) } else { missing.append(blob) }
        }
        let undone = try await index.write(as: origin, for: .upkeep) { [there, missing] tx in
            try tx.forgetCollected(missing)
            var undone = try tx.bringBack(there, of: run)
            undone.lost += missing.count
            return undone
        }
        FaultPoint.reached(.broughtBack)
        return undone
    }

    private func hasBytes(of blob: Blob) async throws -> Bool {
        guard let key = BlobKey(blob.key) else { return false }
        return try await blobs.size(of: key) == Int64(blob.size)
    }

    private func bringBackFiles(of run: CollectionRun.ID, by origin: Origin) async throws -> UndoneCollection {
        let lifetime = limits.unattachedLifetime
        return try await index.write(as: origin, for: .upkeep) { tx in
            try tx.bringBackFiles(of: run, until: tx.now + lifetime, limit: Sweep.batch)
        }
    }
}
