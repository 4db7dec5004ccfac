import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Small contents of a bucket that were asked for lately, each a file in `cache/` of this node's folder. Their digests were
/// right when they were kept.
///
/// It is bounded in bytes and in files. Which ones stay is decided by a clock: one that was asked for since it was looked at
/// last gets another round. It begins empty: a file that a power failure left half written would look whole.
final class CachedBlobs: Sendable {
    /// What is larger is read from the bucket each time.
    static let largest: Int64 = 1 << 20
    private static let mostFiles = 16_384
    private static let folder = "cache"

    private struct Memory {
        /// The sizes, and whether the file was asked for since the clock passed it.
        var files: [BlobKey: (size: Int64, isUsed: Bool)] = [:]
        /// In the order in which the clock comes to them.
        var order: [BlobKey] = []
        var bytes: Int64 = 0
    }

    private let directory: StoreDirectory
    private let threads: NIOThreadPool
    private let capacity: Int64
    private let memory = Mutex(Memory())

    /// Removes what an earlier process has left.
    init(in directory: StoreDirectory, threads: NIOThreadPool, capacity: Int64) throws(BlobError) {
        (self.directory, self.threads, self.capacity) = (directory, threads, capacity)
        let root = directory.root.raw
        _ = try check("mkdir", unless: EEXIST) { mkdirat(root, Self.folder, StoreDirectory.mode) }
        for name in try Descriptor.names(in: root, Self.folder) {
            _ = try check("unlink", unless: ENOENT) { unlinkat(root, "\(Self.folder)/\(name)", 0) }
        }
    }

    /// Opens a content that is kept; nil when there is none. Takes some µs.
    func open(_ key: BlobKey) -> BlobReader? {
        let isKept = memory.withLock { memory in
            memory.files[key]?.isUsed = true
            return memory.files[key] != nil
        }
        guard isKept else { return nil }
        return try? BlobReader(file: Self.path(of: key), in: directory.root.raw, threads: threads)
    }

    /// Keeps a content, in place of others if need be. That it cannot is no harm.
    func keep(_ bytes: ByteBuffer, of key: BlobKey) async {
        let size = Int64(bytes.readableBytes)
        guard size <= min(Self.largest, capacity), memory.withLock({ $0.files[key] == nil }) else { return }
        try? await threads.run { [self] () throws(BlobError) in try write(bytes, of: key) }
    }

    func remove(_ key: BlobKey) {
        let wasKept = memory.withLock { memory in
            guard let file = memory.files.removeValue(forKey: key) else { return false }
            memory.bytes -= file.size
            memory.order.removeAll { $0 == key }
            return true
        }
        if wasKept { unlink(key) }
    }

    /// Written under a name of its own first: it is there as a whole or not at all.
    private func write(_ bytes: ByteBuffer, of key: BlobKey) throws(BlobError) {
        let (root, name) = (directory.root.raw, "\(Self.folder)/\(Token.fresh())")
        do throws(BlobError) {
            let file = try Descriptor(name, in: root, O_WRONLY | O_CREAT | O_EXCL, mode: 0o440)
            var outcome: Result<Void, BlobError> = .success(())
            bytes.withUnsafeReadableBytes { bytes in
                outcome = Result { () throws(BlobError) in try file.write(bytes, at: 0) }
            }
            try outcome.get()
            try check("rename") { renameat(root, name, root, Self.path(of: key)) }
        } catch {
            unlinkat(root, name, 0)
            throw error
        }
        for evicted in note(key, Int64(bytes.readableBytes)) { unlink(evicted) }
    }

    /// Notes a file, and returns those that have to go for it.
    private func note(_ key: BlobKey, _ size: Int64) -> [BlobKey] {
        memory.withLock { memory in
            guard memory.files.updateValue((size, false), forKey: key) == nil else { return [] }
            var evicted: [BlobKey] = []
            while memory.bytes + size > capacity || memory.order.count >= Self.mostFiles {
                let oldest = memory.order.removeFirst()
                if memory.files[oldest]?.isUsed == true {
                    memory.files[oldest]?.isUsed = false
                    memory.order.append(oldest)
                } else if let file = memory.files.removeValue(forKey: oldest) {
                    memory.bytes -= file.size
                    evicted.append(oldest)
                }
            }
            memory.order.append(key)
            memory.bytes += size
            return evicted
        }
    }

    private func unlink(_ key: BlobKey) {
        unlinkat(directory.root.raw, Self.path(of: key), 0)
    }

    private static func path(of key: BlobKey) -> String { "\(folder)/\(key.flatName)" }
}
