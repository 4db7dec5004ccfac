import Blobs
import FoundationEssentials
import Index

/// Makes a storage folder from a backup, or reads the backup to see whether that would work.
///
/// The new store has an id of its own: from now on it goes another way than the one that was copied, and the index of
/// one must not be used with the bytes of the other. One whose bytes are in a bucket takes the place of the one that was
/// copied, and keeps its id.
package final class Restore {
    package let manifest: BackupManifest
    private let folder: BackupFolder
    private let index: IndexSnapshot

    /// Opens a backup, and reads its index.
    ///
    /// - Throws: ``BackupError``, ``BlobError`` and ``IndexError``.
    package init(from path: String) throws {
        folder = try BackupFolder(path: path)
        do {
            guard let manifest = try BackupManifest.read(from: path) else { throw BackupError.unfinished }
            self.manifest = manifest
        } catch is DecodingError {
            throw BackupError.damagedIndex
        }
        let digest = try? folder.digest(ofFile: manifest.index)
        guard digest?.hex == manifest.indexSHA256 else { throw BackupError.damagedIndex }
        index = try IndexSnapshot(path: "\(path)/\(manifest.index)")
    }

    /// Lets SQLite check the copy of the index, and reads all bytes.
    ///
    /// - Returns: what is whole.
    /// - Throws: ``BlobError`` and ``IndexError``; what `tell` throws.
    package nonisolated(nonsending) func verify(
        _ tell: (BackupProgress) async throws -> Void
    ) async throws -> StoredAmount {
        for problem in try index.read({ try $0.fileProblems() + $0.brokenReferences() }) {
            try await tell(.fault(Fault(kind: .index, subject: problem)))
        }
        if manifest.bucket != nil { return try index.read { try $0.blobAmount() } }
        return try await eachBlob(tell) { key, size in
            try await folder.verify(key.digest, size: size) { try await tell(.bytes($0)) }
        }
    }

    /// Fills a folder that is missing or empty, or that an earlier restore has begun to fill. The index comes last.
    ///
    /// - Returns: what is there then.
    /// - Throws: ``BackupError``, ``BlobError`` and ``IndexError``; what `tell` throws. The same restore goes on then.
    package nonisolated(nonsending) func fill(
        _ storage: String,
        _ tell: (BackupProgress) async throws -> Void
    ) async throws -> StoredAmount {
        // What is in a bucket is the same store's as before: there it says whose it is.
        let storeID = try manifest.bucket.flatMap { _ in try index.read { try $0.storeID() } }
        let restored = try RestoredFolder(path: storage, from: manifest.id, storeID: storeID)
        if let bucket = manifest.bucket {
            try restored.note(bucket: bucket)
            try finish(restored, storage)
            return try index.read { try $0.blobAmount() }
        }
        let whole = try await eachBlob(tell) { key, size in
            if try restored.has(key, size: size) {
                try await tell(.bytes(Int(size)))
                return nil
            }
            return try await restored.add(key, size: size, from: folder) { try await tell(.bytes($0)) }
        }
        try restored.settle()
        try finish(restored, storage)
        return whole
    }

    private func finish(_ restored: RestoredFolder, _ storage: String) throws {
        let path = "\(storage)/index.sqlite"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: "\(folder.path)/\(manifest.index)", toPath: path)
        try IndexSnapshot.adopt(path, by: restored.storeID)
        try restored.finish()
    }

    /// Passes all contents on, and tells those that are damaged.
    ///
    /// - Returns: the others.
    private nonisolated(nonsending) func eachBlob(
        _ tell: (BackupProgress) async throws -> Void,
        _ body: (BlobKey, _ size: Int64) async throws -> Flaw?
    ) async throws -> StoredAmount {
        for fault in try index.read({ try $0.impossibleKeys() }) { try await tell(.fault(fault)) }
        var whole = StoredAmount()
        for byte in UInt8.min ... .max {
            for blob in try index.read({ try $0.blobs(beginningWith: byte) }) {
                guard let key = blob.possibleKey else { continue }
                if let flaw = try await body(key, Int64(blob.size)) {
                    try await tell(.fault(Fault(key, flaw)))
                } else {
                    whole.add(blob.size)
                }
            }
        }
        return whole
    }
}
