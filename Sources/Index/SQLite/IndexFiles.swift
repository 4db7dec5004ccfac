import Glibc

/// What a unit is for, which decides how far it may use up the disk.
package enum Purpose: Sendable {
    /// It stores something: the whole reserve must be free.
    case content
    /// It stores a person's answer: half of the reserve must be free. An answer is not lost because agents have filled
    /// the disk, nor can answers take the rest of it.
    case answer
    /// It deletes, revokes, signs in or out, acknowledges, expires or collects. That is the way out of a full disk, so it
    /// may use whatever is left.
    case upkeep
}

/// The files of an open index, and the disk they are on. The writer asks around each commit; a question takes some µs.
struct IndexFiles: Sendable {
    /// SQLite's default, which no index of ours changes.
    private static let pageBytes: Int64 = 4096
    /// What a unit may take of the disk: a message of 8 MiB is written to the log, and from there to the index.
    private static let largestUnit: Int64 = 2 * 10 << 20

    private let path: String
    /// The index, its write-ahead log and the memory that its connections share.
    private let paths: [String]
    /// In bytes.
    private let reserve: Int64
    let ballast: Ballast
    private let opened: [Identity?]

    /// To be made once SQLite has opened the files.
    init(path: String, reserve: Int64, ballast: Ballast) {
        self.path = path
        self.reserve = reserve
        self.ballast = ballast
        paths = ["", "-wal", "-shm"].map { path + $0 }
        opened = Self.identities(paths)
    }

    /// SQLite goes on writing to files that were removed or replaced, and then nobody finds the rows again.
    ///
    /// - Throws: ``IndexError/filesReplaced``.
    func checkInPlace() throws(IndexError) {
        guard Self.identities(paths) == opened else { throw .filesReplaced }
    }

    /// Whether so much of the disk is free that so many units cannot come near the reserve. Then a group need not ask for
    /// each of them.
    func isRoomy(forUnits count: Int, _ tx: Transaction) throws -> Bool {
        try freeOnceWritten(tx) >= reserve + Int64(count) * Self.largestUnit
    }

    /// - Throws: ``IndexError/reserveReached`` when too little of the disk is free for a unit of this purpose.
    func checkRoom(for purpose: Purpose, _ tx: Transaction) throws {
        let mustBeFree =
            switch purpose {
            case .content: reserve
            case .answer: reserve / 2
            case .upkeep: Int64(0)
            }
        guard mustBeFree > 0 else { return }
        guard try freeOnceWritten(tx) >= mustBeFree else { throw IndexError.reserveReached }
    }

    /// Gives unused pages of the index back to the disk, at most 1 MiB, when that has less than two reserves free.
    /// Otherwise they are kept for rows to come, which is faster. Outside of any transaction.
    ///
    /// - Returns: whether there is more to give back.
    func giveBackPages(_ tx: Transaction) throws -> Bool {
        let unused: Int64 = try tx.one(SQL.unused) ?? 0
        guard unused > 0, try freeOnceWritten(tx) < 2 * reserve else { return false }
        try tx.execute(SQL.giveBack)
        // The file becomes shorter when its log is written back.
        _ = try tx.exists(SQL.checkpoint)
        let rest: Int64 = try tx.one(SQL.unused) ?? 0
        return rest > 0 && rest < unused
    }

    /// What will be free once the write-ahead log has been written into the index: that may have to grow.
    private func freeOnceWritten(_ tx: Transaction) throws -> Int64 {
        var file = stat()
        guard let free = freeBytes(at: path), stat(path, &file) == 0 else { return .max }  // SQLite says what is wrong.
        let pages: Int64 = try tx.one(SQL.pages) ?? 0
        let growth = max(0, pages * Self.pageBytes - Int64(file.st_size))
        return free - growth
    }

    private struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    private static func identities(_ paths: [String]) -> [Identity?] {
        paths.map { path in
            var file = stat()
            return stat(path, &file) == 0 ? Identity(device: file.st_dev, inode: file.st_ino) : nil
        }
    }
}

private enum SQL {
    static let pages = "PRAGMA page_count"
    static let unused = "PRAGMA freelist_count"
    static let giveBack = "PRAGMA incremental_vacuum(256)"
    static let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)"
}
