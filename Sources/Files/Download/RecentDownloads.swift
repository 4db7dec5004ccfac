import Index
import NIOCore
import Synchronization

/// Downloads that were prepared lately. Finding a row and writing its headers takes as long as sending a small file.
///
/// It answers only until the next commit, so no entry outlives a deletion. It holds no file open; of small ones that are
/// asked for again it has the bytes.
final class RecentDownloads: Sendable {
    /// About 2 KiB each without their bytes. When it is full, the memory is emptied and fills again.
    private static let capacity = 1000
    /// How large a file is whose bytes are kept, and how many bytes are kept in all.
    static let contentBytes: Int64 = 65_536
    private static let allContentBytes = 8 << 20

    /// A file, and the user who may have it.
    private struct Key: Hashable {
        let id: Attachment.ID
        let userID: User.ID
    }

    /// A download, and its heads as they are written.
    struct Known: Sendable {
        let download: Download
        let ready: ReadyHeads
        /// Nil until it was asked for, or when it is not kept.
        fileprivate(set) var content: ByteBuffer?
    }

    private struct Memory {
        var commitCount: UInt64 = 0
        var downloads: [Key: Known] = [:]
        var contentBytes = 0
    }

    private let memory = Mutex(Memory())

    /// What was remembered at this commit count of the index, if anything.
    func find(_ id: Attachment.ID, of userID: User.ID, at commitCount: UInt64) -> Known? {
        let key = Key(id: id, userID: userID)
        return memory.withLock { $0.commitCount == commitCount ? $0.downloads[key] : nil }
    }

    /// Keeps the bytes of a download that was found at this commit count, if there is room.
    func keep(_ content: ByteBuffer, of id: Attachment.ID, of userID: User.ID, at commitCount: UInt64) {
        memory.withLock { memory in
            let key = Key(id: id, userID: userID)
            let bytes = memory.contentBytes + content.readableBytes
            guard memory.commitCount == commitCount, bytes <= Self.allContentBytes,
                let known = memory.downloads[key], known.content == nil
            else { return }
            memory.downloads[key]?.content = content
            memory.contentBytes = bytes
        }
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
