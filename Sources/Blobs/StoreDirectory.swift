import Glibc

// The layout of the bytes. App puts the index and the control socket beside it. No other file names a path in it;
// storage/README.md shows it to operators.
//
//     root/
//       STORE                                "placet blobs 1 <store id>", written once, last, when the rest is durable
//       RESTORING                            only while a restore is under way: nobody else opens the folder then
//       LOCK                                 the process id of whoever opened the store last, for its refusal of others
//       incoming/
//         <session>.<token>                  a spool whose content is not known yet
//         <session>.<64 hex>.<generation>    a spool that is being published under that key, or was
//         upload.<id>                        the bytes of an upload in parts, as long as it is open
//       blobs/
//         sha256/00 … sha256/ff/
//           <62 hex>.<generation>            published bytes, mode 0440, a hard link of the spool until that goes
//       derived/                             made when it is first needed
//         <64 hex>.<generation>              what was computed from the bytes of that key, and may be lost
//       BUCKET                               where the bytes are, if not in blobs/, as the operator named it
//       INDEX                                on which PostgreSQL the index is, if it is on one
//       cache/                               small contents of a bucket; emptied at each start
//         <64 hex>.<generation>
//       quarantine/                          made when it is first needed
//         <64 hex>.<generation>              bytes that were published under that key and are damaged
//
// `session` is a token for one opening of the store. Anything in `incoming/` with another session is left over from a
// dead process. An upload in parts has none: its row says whether its bytes are still wanted.
//
// The lock is a flock(2) on root/ itself: a file in it could be deleted and made anew, and would then be locked twice.
//
// Guards invariant 5 (one process has the store open) and the first half of 7 (nothing is walked when it opens).

/// The open storage folder, locked, and its directories. All are reached through descriptors, so no path is looked up
/// twice. It closes with its last user, and the lock is released then.
final class StoreDirectory: Sendable {
    let root: Descriptor
    let blobs: Descriptor
    let incoming: Descriptor
    let storeID: String
    /// Whether one flush may be shared by many files.
    let syncsAll: Bool
    let session = Token.fresh()

    /// - Parameters:
    ///   - isRestored: whether this is the folder of a restore that is under way, which nobody else may open.
    ///   - newID: of the store, if the folder is none yet; nil for any.
    init(path: String, isRestored: Bool = false, storeID newID: String? = nil) throws(BlobError) {
        let isNew = try check("mkdir", unless: EEXIST) { mkdir(path, Self.mode) }
        root = try Descriptor(path, in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        syncsAll = SharedFlush.isReliable(in: root.raw)
        if isNew { try Descriptor("..", in: root.raw, O_RDONLY | O_DIRECTORY).sync() }
        try Self.takeLock(on: root.raw)
        let isRestoring = try FolderMark.restoring.read(in: root.raw) != nil
        guard isRestoring == isRestored else { throw .unfinishedRestore }
        if let known = try FolderMark.store.read(in: root.raw) {
            storeID = known
        } else {
            storeID = try Self.makeLayout(in: root.raw, newID ?? Token.fresh())
        }
        do throws(BlobError) {
            blobs = try Descriptor("blobs", in: root.raw, O_RDONLY | O_DIRECTORY)
        } catch .io(_, ENOENT) {
            throw .missingLayout
        }
        let raw = root.raw
        _ = try check("mkdir", unless: EEXIST) { mkdirat(raw, "incoming", Self.mode) }
        incoming = try Descriptor("incoming", in: root.raw, O_RDONLY | O_DIRECTORY)
    }

    // Closing is not enough: a child that has been forked but has not yet called exec shares the lock.
    deinit { flock(root.raw, LOCK_UN) }

    static let mode: mode_t = 0o750

    private static func takeLock(on root: Int32) throws(BlobError) {
        guard try check("flock", unless: EWOULDBLOCK, { flock(root, LOCK_EX | LOCK_NB) }) else {
            throw .locked(pid: holder(of: root))
        }
        // Only a note, which a full disk must not keep from starting.
        try? Descriptor("LOCK", in: root, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640).write("\(getpid())\n")
    }

    /// Nil when the note is missing, or not written yet.
    private static func holder(of root: Int32) -> Int32? {
        guard let note = try? Descriptor("LOCK", in: root, O_RDONLY).text() else { return nil }
        return Int32(note.prefix { $0.isNumber })
    }

    /// Makes everything once, in about 30 ms. A crash half-way leaves no `STORE`, and the next start continues from
    /// there.
    private static func makeLayout(in root: Int32, _ id: String) throws(BlobError) -> String {
        try Descriptor.makeByteFolders(in: root, mode: mode)
        try FolderMark.store.write(id, in: root)
        return id
    }
}

extension StoreDirectory {
    /// Removes published bytes durably, and returns whether there were any.
    func removeBlob(_ key: BlobKey) throws(BlobError) -> Bool {
        let existed = try unlink(key)
        // Needed even if there were none: an earlier process may have died between its unlink and its fsync.
        try syncDirectory(of: key)
        return existed
    }

    /// Removes published bytes durably, where there are any, and returns how many bytes. Flushes each folder once.
    func removeBlobs(_ keys: [BlobKey]) throws(BlobError) -> Int {
        var removed = 0
        for key in keys {
            var status = Glibc.stat()
            let exists = try check("stat", unless: ENOENT) {
                fstatat(blobs.raw, key.description, &status, AT_SYMLINK_NOFOLLOW)
            }
            if try unlink(key), exists { removed += Int(status.st_size) }
        }
        let oneOfEach = Dictionary(keys.map { ($0.directory, $0) }) { first, _ in first }
        for key in oneOfEach.values { try syncDirectory(of: key) }
        return removed
    }

    /// Removes published bytes, and what is derived from them. This is not durable yet.
    private func unlink(_ key: BlobKey) throws(BlobError) -> Bool {
        let existed = try check("unlink", unless: ENOENT) { unlinkat(blobs.raw, key.description, 0) }
        try removeDerived(key)
        return existed
    }

    /// Moves published bytes out of reach, durably, if there are any.
    func quarantine(_ key: BlobKey) throws(BlobError) {
        let (root, blobs) = (root.raw, blobs.raw)
        if try check("mkdir", unless: EEXIST, { mkdirat(root, "quarantine", Self.mode) }) {
            try check("fsync") { fsync(root) }
        }
        let folder = try Descriptor("quarantine", in: root, O_RDONLY | O_DIRECTORY)
        let raw = folder.raw
        _ = try check("rename", unless: ENOENT) { renameat(blobs, key.description, raw, key.flatName) }
        try removeDerived(key)
        // The new name first: after a crash in between there may be two, but never none.
        try folder.sync()
        try syncDirectory(of: key)
    }

    /// Makes the names beside `key` durable.
    func syncDirectory(of key: BlobKey) throws(BlobError) {
        try Descriptor(key.directory, in: blobs.raw, O_RDONLY | O_DIRECTORY).sync()
    }

    /// Removes an entry of `incoming/`. This need not be durable: an entry that returns after power loss is swept.
    func removeIncoming(_ name: String) throws(BlobError) {
        _ = try check("unlink", unless: ENOENT) { unlinkat(incoming.raw, name, 0) }
    }
}
