import Synchronization

/// The memory in which spools gather what they write, shared by all of a store: the more of them write at a time, the
/// smaller their chunks.
///
/// A spool holds two chunks. Up to 24 have chunks of 256 KiB, with which an upload is fastest, and up to 48 half of that,
/// so all together hold 12 MiB. With more of them each has the least.
final class ChunkMemory: Sendable {
    static let most = 262_144
    /// What a spool may always hold, without a share.
    static let least = 65_536
    /// The half that holds the chunks being filled. As much is being written.
    private static let filling = 6 << 20

    private let shares = Mutex(0)

    /// For a spool that takes more than the least, for as long as it holds the value.
    func share() -> Share {
        shares.withLock { $0 += 1 }
        return Share(of: self)
    }

    final class Share: Sendable {
        private let memory: ChunkMemory

        fileprivate init(of memory: ChunkMemory) {
            self.memory = memory
        }

        /// How large the next chunk is to be: a power of two.
        var chunkBytes: Int {
            var bytes = ChunkMemory.most
            let fair = ChunkMemory.filling / memory.shares.withLock { max($0, 1) }
            while bytes > max(fair, ChunkMemory.least) { bytes /= 2 }
            return bytes
        }

        deinit { memory.shares.withLock { $0 -= 1 } }
    }
}
