import Blobs
import Index
import Logging

/// Puts the store in order before the first request: uploads that died half-way, keys that were to be removed.
///
/// Nothing is walked (invariant 7): the work is as large as what was left unfinished.
struct Recovery: Sendable {
    let index: Index
    let blobs: DiskBlobStore
    let logger: Logger

    /// - Throws: ``RecoveryError/indexIsMissing``.
    func run() async throws {
        try await refuseLostIndex()  // First: with a lost index the sweep would take everything for garbage.
        let swept = try await blobs.sweepIncoming { keys in
            let referenced = try await index.read { try $0.referencedKeys(among: keys.map(\.description)) }
            return Set(keys.filter { referenced.contains($0.description) })
        }
        if swept.leftovers > 0 {
            logger.notice(
                "uploads cut off by the last stop were removed",
                metadata: ["leftovers": "\(swept.leftovers)", "blobs": "\(swept.removedBlobs)"]
            )
        }
        try await removeDoomed()
    }

    private func removeDoomed() async throws {
        while true {
            let due = try await index.read { try $0.dueDoomedKeys(now: .now(), limit: 100) }
            guard !due.isEmpty else { return }
            for doomed in due {
                if let key = BlobKey(doomed.key) { try await blobs.remove(key) }
                try await index.write { tx in try tx.removeDoomed(key: doomed.key) }
            }
        }
    }

    /// An index without users beside a store with bytes is a lost index, not a new one: every start that ever succeeded
    /// left an owner. Going on would make all the bytes garbage.
    private func refuseLostIndex() async throws {
        guard try await index.read({ try $0.userCount() }) == 0 else { return }
        guard try await blobs.list(after: nil, limit: 1).isEmpty else { throw RecoveryError.indexIsMissing }
    }
}

package enum RecoveryError: Error, CustomStringConvertible {
    case indexIsMissing

    package var description: String {
        "The storage folder has files, but its index is empty or missing. Restore index.sqlite from a backup, "
            + "or move blobs/ away to start anew."
    }
}
