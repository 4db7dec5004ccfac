import Blobs
import Index

extension FileStore {
    /// How many keys are asked or removed between two looks at the time. Each costs a bucket some requests.
    var keysPerStep: Int { blobs.leases ? 64 : Sweep.batch }

    /// Removes the bytes of all doomed keys that are due, in batches. What a collection has doomed is in the order of keys,
    /// so a batch is in few folders, each of which has to be flushed.
    ///
    /// - Parameter end: when to leave the rest to the background, if there is a bucket; nil for never.
    func removeDueKeys(until end: ContinuousClock.Instant? = nil) async throws {
        let now = Timestamp.now()
        var last: DueKey?
        while true {
            let due = try await index.read { [last] in
                try $0.dueDoomedKeys(now: now, after: last, limit: keysPerStep)
            }
            guard let newLast = due.last else { return }
            // From here on no undo brings them back (invariant 2).
            let claimed = try await index.write(for: .upkeep) { try $0.claimDoomed(due.map(\.key)) }
            FaultPoint.reached(.claimed)
            let uploads = claimed.compactMap { doomed in
                BlobKey(doomed.key).flatMap { key in doomed.uploadID.map { (key, $0) } }
            }
            collected.addFreed(
                try await removeDoomed(claimed.map(\.key), ending: Dictionary(uniqueKeysWithValues: uploads))
            )
            last = newLast
            if blobs.leases, let end, ContinuousClock.now >= end { return }
        }
    }

    /// Removes bytes as they fall due, and what is kept for the undo of collections, until the task is cancelled.
    ///
    /// - Throws: ``BlobError`` and ``IndexError``; `CancellationError`.
    package func removeWhenDue() async throws {
        while true {
            let next = try await removeDue()
            // A sleep ends after an hour, so nothing that is doomed meanwhile goes later than it should; and whoever ends
            // a hold removes what is due.
            try await index.sleep(until: next, listeningTo: .everything, next: nextRemoval)
        }
    }

    /// Removes what is due now, and returns when the next falls due; nil for never.
    func removeDue() async throws -> Timestamp? {
        try await removeDueKeys()
        try await index.write(for: .upkeep) { try $0.removeEndedUndo(limit: Sweep.batch) }
        return try await nextRemoval()
    }

    private func nextRemoval() async throws -> Timestamp? {
        try await index.read { reader in
            let times = [try reader.nextDoomedKey(now: .now()), try reader.nextEndOfUndo()]
            return times.compactMap { $0 }.min()
        }
    }

    /// Removes the bytes of doomed keys, then the rows that doom them. After a crash in between the rows are still
    /// there, and removing bytes that are gone is fine (invariant 3). Where bytes may still come, the rows stay for an hour,
    /// and they are removed once more.
    ///
    /// - Parameter uploads: those in parts that a bucket has to end, by key.
    /// - Returns: how many bytes that took off the disk.
    @discardableResult
    func removeDoomed(_ keys: [String], ending uploads: [BlobKey: String] = [:]) async throws -> Int {
        let freed = try await blobs.remove(keys.compactMap { BlobKey($0) }, ending: uploads)
        FaultPoint.reached(.removed)
        keys.forEach(damage.forget)
        try await index.write(for: .upkeep) { tx in
            for key in keys { try tx.removeDoomed(key: key) }
        }
        FaultPoint.reached(.forgotten)
        return freed
    }

    /// Holds the removal of doomed keys back for some minutes, and returns whether this hold has lasted until now.
    package func holdRemoval(_ id: String) async throws -> Bool {
        try await index.write(for: .upkeep) { try $0.holdRemoval(id) }
    }

    /// Lets doomed keys be removed again, unless there is another hold, and removes what is due.
    ///
    /// - Parameter isWhole: whether the backup that needed the hold has everything.
    package func endRemovalHold(_ id: String, isWhole: Bool) async throws {
        try await index.write(for: .upkeep) { tx in
            try tx.endRemovalHold(id)
            if isWhole { try tx.noteBackup() }
        }
        try await removeDueKeys(until: ContinuousClock.now + .seconds(5))
    }
}
