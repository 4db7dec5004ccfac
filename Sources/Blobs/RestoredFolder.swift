import CSyncfs
import Glibc

/// A storage folder that is made from a backup, locked. Nobody else opens it before it is finished. For one task.
package final class RestoredFolder {
    /// The new store's own id.
    package var storeID: String { directory.storeID }
    private let directory: StoreDirectory
    private let copies: Copies

    /// Makes the folder, or goes on in one that a restore of the same backup left (its parent must exist).
    ///
    /// - Parameters:
    ///   - backupID: 32 hex digits.
    ///   - storeID: that of the store; nil for a new one.
    /// - Throws: ``BackupError/notEmpty``; ``BackupError/otherBackup``; ``BlobError``.
    package init(path: String, from backupID: String, storeID: String? = nil) throws {
        _ = try check("mkdir", unless: EEXIST) { mkdir(path, StoreDirectory.mode) }
        let root = try Descriptor(path, in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        if let known = try FolderMark.restoring.read(in: root.raw) {
            guard known == backupID else { throw BackupError.otherBackup }
        } else {
            guard try FolderMark.restoring.isFree(root.raw) else { throw BackupError.notEmpty }
            try FolderMark.restoring.write(backupID, in: root.raw)
        }
        directory = try StoreDirectory(path: path, isRestored: true, storeID: storeID)
        copies = try Copies(into: root.raw)
    }

    /// Whether the bytes were put there before.
    package func has(_ key: BlobKey, size: Int64) throws(BlobError) -> Bool {
        try Descriptor.exists(key.description, in: directory.blobs.raw, size: size)
    }

    /// Copies bytes from the backup. See ``Copies/add(_:in:of:size:as:progress:)``.
    package nonisolated(nonsending) func add(
        _ key: BlobKey,
        size: Int64,
        from backup: BackupFolder,
        progress: (Int) async throws -> Void
    ) async throws -> Flaw? {
        try await backup.copy(key, size: size, to: copies, progress: progress)
    }

    /// Notes where the bytes are, if not here.
    package func note(bucket: String) throws(BlobError) { try FolderNote.bucket.write(bucket, in: directory.root.raw) }

    /// Makes all copies durable, under their names.
    package func settle() throws(BlobError) {
        try copies.settle()
        try sync()
    }

    /// Makes everything durable, and opens the folder to others.
    package func finish() throws(BlobError) {
        try sync()
        FaultPoint.reached(.restored)
        try FolderMark.restoring.remove(in: directory.root.raw)
    }

    private func sync() throws(BlobError) {
        let raw = directory.root.raw
        try check("syncfs") { syncfs(raw) }
    }
}
