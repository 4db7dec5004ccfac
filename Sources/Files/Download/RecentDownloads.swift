import Index
import Synchronization

/// Downloads that were prepared lately. Finding a row and writing its headers takes as long as sending a small file.
///
/// It answers only until the next commit, so no entry outlives a deletion. It holds no file open.
final class RecentDownloads: Sendable {
    /// About 2 KiB each. When it is full, the memory is emptied and fills again.
    private static let capacity = 1000

    /// A file, and the user who may have it.
    private struct Key: Hashable {
        let id: Attachment.ID
        let userID: User.ID
    }

    /// A download, and its heads as they are written.
    struct Known: Sendable {
        let download: Download
        let ready: ReadyHeads
    }

    private struct Memory {
        var commitCount: UInt64 = 0
        var downloads: [Key: Known] = [:]
    }

    private let memory = Mutex(Memory())

    /// What was remembered at this commit count of the index, if anything.
    func find(_ id: Attachment.ID, of userID: User.ID, at commitCount: UInt64) -> Known? {
        let key = Key(id: id, userID: userID)
        return memory.withLock { $0.commitCount == commitCount ? $0.downloads[key] : nil }
    }

    /// Keeps a download whose row was read after the index had this commit count. Forgets those of other counts.
    func remember(_ download: Download, as id: Attachment.ID, of userID: User.ID, at commitCount: UInt64) {
        let ready = ReadyHeads(download)
        memory.withLock { memory in
            if memory.commitCount != commitCount || memory.downloads.count >= Self.capacity {
                memory = Memory(commitCount: commitCount)
            }
            memory.downloads[Key(id: id, userID: userID)] = Known(download: download, ready: ready)
        }
    }
}
