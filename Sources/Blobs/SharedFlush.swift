import CSyncfs
import Glibc

/// One flush for many files.
struct SharedFlush: Sendable {
    /// Whether it can be relied on, and takes no longer than flushing the files alone.
    let isCheap: @Sendable (StoreDirectory) -> Bool
    /// Waits until all data and names written so far survive power loss. Fails if anything could not be written since the
    /// descriptor was opened, and tells that once.
    let run: @Sendable (borrowing Descriptor) throws(BlobError) -> Void

    /// By syncfs(2), which makes all of a file system durable.
    static let ofFileSystem = SharedFlush(
        isCheap: { directory in
            guard directory.syncsAll, let unwritten = unwrittenKiB() else { return false }
            return unwritten <= mostUnwrittenKiB
        },
        run: { (watch: borrowing Descriptor) throws(BlobError) in
            let raw = watch.raw
            try check("syncfs") { syncfs(raw) }
        }
    )

    /// Some groups write that much themselves, and slow disks in half a second.
    private static let mostUnwrittenKiB = 32_768

    /// What the system has still to write, to whatever file system. Nil when it does not say.
    static func unwrittenKiB() -> Int? {
        guard let text = try? Descriptor("/proc/meminfo", in: AT_FDCWD, O_RDONLY).text(limit: 2048) else { return nil }
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("Dirty:") || $0.hasPrefix("Writeback:") }
        let numbers = lines.compactMap { Int($0.filter(\.isNumber)) }
        return numbers.count == 2 ? numbers[0] + numbers[1] : nil
    }

    /// Whether syncfs flushes the disk under a folder, and says when that failed. Linux does not hide errors since 5.17,
    /// and some file systems, such as those of FUSE, flush nothing.
    static func isReliable(in folder: Int32) -> Bool {
        var (system, kernel) = (statfs(), utsname())
        guard fstatfs(folder, &system) == 0, uname(&kernel) == 0 else { return false }
        let release = withUnsafeBytes(of: &kernel.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        let (ext4, xfs, btrfs) = (0xEF53, 0x5846_5342, 0x9123_683E)
        return [ext4, xfs, btrfs].contains(Int(system.f_type)) && !numbers.lexicographicallyPrecedes([5, 17])
    }
}
