import Glibc
import Synchronization

/// A file of nothing, beside the index. It is given up when the disk is full, because SQLite needs room to delete: what is
/// deleted goes through the write-ahead log first. It is taken again once there is plenty.
///
/// The reserve alone would not do: whatever else writes to the disk does not know of it.
final class Ballast: Sendable {
    /// Twice the largest message, which is about what deleting it may take.
    private static let maxBytes: Int64 = 16 << 20

    private let path: String
    private let free: @Sendable () -> Int64?
    private let reserve: Int64
    private let bytes: Int64
    private let isHeld: Atomic<Bool>

    /// For the index at `indexPath`, which may not be there yet.
    convenience init(indexPath: String, reserve: Int64) {
        let folder = indexPath.lastIndex(of: "/").map { String(indexPath[...$0]) } ?? "."
        self.init(path: indexPath + "-ballast", reserve: reserve) { freeBytes(at: folder) }
    }

    /// It has at most a quarter of the reserve; without a reserve there is none.
    ///
    /// - Parameter free: how many bytes of the disk are free, if that can be told.
    init(path: String, reserve: Int64, free: @escaping @Sendable () -> Int64?) {
        self.path = path
        self.free = free
        self.reserve = reserve
        bytes = min(reserve / 4, Self.maxBytes)
        isHeld = Atomic(access(path, F_OK) == 0)
    }

    /// To be called before anything is written.
    func giveUpIfFull() {
        guard isHeld.load(ordering: .relaxed), free() ?? .max < bytes else { return }
        unlink(path)
        isHeld.store(false, ordering: .relaxed)
    }

    /// Does nothing unless the reserve stays free.
    func takeIfPlenty() {
        guard bytes > 0, !isHeld.load(ordering: .relaxed) else { return }
        guard let free = free(), free >= reserve + bytes else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        if posix_fallocate(file, 0, off_t(bytes)) == 0 {
            isHeld.store(true, ordering: .relaxed)
        } else {
            unlink(path)
        }
    }
}

/// How many bytes this account can still write to the disk on which `path` is; nil when that cannot be asked.
func freeBytes(at path: String) -> Int64? {
    var disk = statvfs()
    guard statvfs(path, &disk) == 0 else { return nil }
    return Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
}
