import Blobs
import Index

extension FileStore {
    /// Removes the bytes of all doomed keys that are due, in batches. They are in order, so a batch is in few folders,
    /// each of which has to be flushed.
    func removeDueKeys() async throws {
        let now = Timestamp.now()
        var last = ""
        while true {
            let due = try await index.read { [last] in
                try $0.dueDoomedKeys(now: now, after: last, limit: Sweep.batch)
            }
            guard let end = due.last else { return }
            try await removeDoomed(due)
            last = end
        }
    }

    /// Removes the bytes of doomed keys, then the rows that doom them. After a crash in between the rows are still
    /// there, and removing bytes that are gone is fine (invariant 3).
    func removeDoomed(_ keys: [String]) async throws {
        try await blobs.remove(keys.compactMap { BlobKey($0) })
        keys.forEach(damage.forget)
        try await index.write(for: .upkeep) { tx in
            for key in keys { try tx.removeDoomed(key: key) }
        }
    }

    /// Holds the removal of doomed keys back for some minutes, and returns whether this hold has lasted until now.
    package func holdRemoval(_ id: String) async throws -> Bool {
        try await index.write(for: .upkeep) { try $0.holdRemoval(id) }
    }

    /// Lets doomed keys be removed again, unless there is another hold, and removes what is due.
    package func endRemovalHold(_ id: String) async throws {
        try await index.write(for: .upkeep) { try $0.endRemovalHold(id) }
        try await removeDueKeys()
    }
}
