import Index
import Synchronization

/// Downloads prepared lately: finding the row and writing its headers cost as much as sending a small file.
///
/// Holds no files open and answers only while no commit has happened, so nothing outlives its deletion.
final class RecentDownloads: Sendable {
    /// About 2 KiB each; beyond that the memory is emptied and fills again.
    private static let capacity = 1000

    /// A file and who may have it.
    private struct Key: Hashable {
        let id: Attachment.ID
        let userID: User.ID
    }

    private struct Memory {
        var commitCount: UInt64 = 0
        var downloads: [Key: Download] = [:]
    }

    private let memory = Mutex(Memory())

    func find(_ id: Attachment.ID, of userID: User.ID, at commitCount: UInt64) -> Download? {
        let key = Key(id: id, userID: userID)
        return memory.withLock { $0.commitCount == commitCount ? $0.downloads[key] : nil }
    }

    func remember(_ download: Download, as id: Attachment.ID, of userID: User.ID, at commitCount: UInt64) {
        memory.withLock { memory in
            if memory.commitCount != commitCount || memory.downloads.count >= Self.capacity {
                memory = Memory(commitCount: commitCount)
            }
            memory.downloads[Key(id: id, userID: userID)] = download
        }
    }
}
