import CSyncfs
import Glibc

// The layout of a backup; docs/operations.md shows it to operators.
//
//     root/
//       BACKUP                     "placet backup 1 <store id>"
//       manifest.json              which index is the backup's; replaced last, when the rest is durable (Store)
//       index-<token>.sqlite       a copy of the index (Index)
//       incoming/                  copies under way
//       blobs/sha256/00 … ff/
//         <62 hex>                 bytes by their digest, which was computed while they were copied

/// An open backup, locked: by one process to write it, or by several to read it.
package final class BackupFolder: Sendable {
    package let path: String
    private let storeID: String
    private let root: Descriptor
    private let isNew: Bool

    /// Opens a folder that is to have the backup of the store in `storage` (its parent must exist). Nothing is written in
    /// it before ``prepare()``; one that is still empty then goes again.
    ///
    /// - Throws: ``BlobError``; ``BackupError/noStore``, ``BackupError/notEmpty`` and ``BackupError/otherStore``.
    package init(path: String, of storage: String) throws {
        storeID = try Self.storeID(in: storage)
        isNew = try check("mkdir", unless: EEXIST) { mkdir(path, StoreDirectory.mode) }
        root = try Self.open(path, LOCK_EX)
        self.path = path
        let known = try FolderMark.backup.read(in: root.raw)
        guard known == nil || known == storeID else { throw BackupError.otherStore }
        if known == nil {
            guard try FolderMark.backup.isFree(root.raw) else { throw BackupError.notEmpty }
        }
    }

    /// Makes it the folder of a backup, with all that is missing of it.
    package func prepare() throws(BlobError) {
        if try FolderMark.backup.read(in: root.raw) == nil { try FolderMark.backup.write(storeID, in: root.raw) }
        try Descriptor.makeByteFolders(in: root.raw, mode: StoreDirectory.mode)
    }

    /// Opens a backup to read it.
    ///
    /// - Throws: ``BlobError``; ``BackupError/noBackup``.
    package init(path: String) throws {
        do throws(BlobError) {
            root = try Self.open(path, LOCK_SH)
        } catch .io(_, ENOENT) {
            throw BackupError.noBackup
        }
        guard let known = try FolderMark.backup.read(in: root.raw) else { throw BackupError.noBackup }
        // Without it this is no backup whose contents are missing, but a mount or a folder that is not there.
        _ = try Descriptor("blobs", in: root.raw, O_RDONLY | O_DIRECTORY)
        (self.path, storeID, isNew) = (path, known, false)
    }

    deinit {
        if isNew { rmdir(path) }
        flock(root.raw, LOCK_UN)
    }

    private static func storeID(in storage: String) throws -> String {
        guard access(storage, F_OK) == 0 else { throw BackupError.noStore }
        let folder = try Descriptor(storage, in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        guard let known = try FolderMark.store.read(in: folder.raw) else { throw BackupError.noStore }
        return known
    }

    private static func open(_ path: String, _ lock: Int32) throws(BlobError) -> Descriptor {
        let root = try Descriptor(path, in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        let raw = root.raw
        guard try check("flock", unless: EWOULDBLOCK, { flock(raw, lock | LOCK_NB) }) else { throw .locked(pid: nil) }
        return root
    }

    /// Whether it has bytes of that length for a digest. They are not read.
    package func has(_ digest: BlobDigest, size: Int64) throws(BlobError) -> Bool {
        try Descriptor.exists(digest.placeInBackup, in: root.raw, size: size)
    }

    /// The contents that it has, of any length, whose digest begins with that byte.
    package func digests(beginningWith byte: UInt8) throws(BlobError) -> Set<BlobDigest> {
        let digits = Hex.encode([byte])
        return Set(
            try Descriptor.names(in: root.raw, "blobs/sha256/\(digits)").compactMap { BlobDigest(hex: digits + $0) }
        )
    }

    /// Copies of bytes that are published in a storage folder, which may be in use.
    package func copies(from storage: String) throws(BlobError) -> CopiesOfStore {
        try CopiesOfStore(
            published: Descriptor("\(storage)/blobs", in: AT_FDCWD, O_RDONLY | O_DIRECTORY),
            copies: Copies(into: root.raw)
        )
    }

    /// Reads the bytes of a digest.
    ///
    /// - Parameter progress: gets the number of bytes read.
    /// - Returns: what is wrong with them; nil when they are whole.
    /// - Throws: ``BlobError``; what `progress` throws.
    package nonisolated(nonsending) func verify(
        _ digest: BlobDigest,
        size: Int64,
        progress: (Int) async throws -> Void
    ) async throws -> Flaw? {
        let opened = try HashingReader.open(digest.placeInBackup, in: root.raw, size: size)
        guard case .success(let reader) = opened else { return opened.flaw }
        return Flaw(try await reader.finish(progress) { _, _ in }, unlike: digest)
    }

    /// Copies bytes to a folder that is restored.
    nonisolated(nonsending) func copy(
        _ key: BlobKey,
        size: Int64,
        to copies: Copies,
        progress: (Int) async throws -> Void
    ) async throws -> Flaw? {
        let (place, raw) = (key.digest.placeInBackup, root.raw)
        return try await copies.add(
            place,
            in: raw,
            of: key.digest,
            size: size,
            as: key.description,
            progress: progress
        )
    }

    /// Removes copies of bytes. This need not be durable.
    package func remove(_ digest: BlobDigest) throws(BlobError) {
        let raw = root.raw
        _ = try check("unlink", unless: ENOENT) { unlinkat(raw, digest.placeInBackup, 0) }
    }

    /// The digest of a small or large file beside `blobs/`.
    package func digest(ofFile name: String) throws(BlobError) -> BlobDigest {
        let reader = try HashingReader(name, in: root.raw)
        while try reader.next() != nil {}
        return reader.digest()
    }

    /// Makes everything in it durable.
    package func sync() throws(BlobError) {
        let raw = root.raw
        try check("syncfs") { syncfs(raw) }
    }
}

/// Copies of published bytes on their way into a backup. For one task.
package struct CopiesOfStore: ~Copyable {
    fileprivate let published: Descriptor
    fileprivate let copies: Copies

    /// See ``Copies/add(_:in:of:size:as:progress:)``.
    package nonisolated(nonsending) func add(
        _ key: BlobKey,
        size: Int64,
        progress: (Int) async throws -> Void
    ) async throws -> Flaw? {
        let raw = published.raw
        return try await copies.add(
            key.description,
            in: raw,
            of: key.digest,
            size: size,
            as: key.digest.place,
            progress: progress
        )
    }

    package func settle() throws(BlobError) { try copies.settle() }
}

extension BlobDigest {
    /// The path of its bytes below `blobs/` of a backup.
    fileprivate var place: String { "sha256/\(hex.prefix(2))/\(hex.dropFirst(2))" }

    fileprivate var placeInBackup: String { "blobs/\(place)" }
}
