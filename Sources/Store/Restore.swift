import Blobs
import Foundation
import Index

/// Makes a storage folder from a backup, or reads the backup to see whether that would work.
///
/// The new store has an id of its own: from now on it goes another way than the one that was copied, and the index of
/// one must not be used with the bytes of the other.
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
    /// - Throws: ``IndexError``; what `tell` throws.
    package nonisolated(nonsending) func verify(_ tell: (BackupProgress) async throws -> Void) async throws {
        for problem in try index.read({ try $0.fileProblems() + $0.brokenReferences() }) {
            try await tell(.fault(Fault(kind: .index, subject: problem)))
        }
        try await eachBlob { key, size in
            let flaw = try await folder.verify(key.digest, size: size) { try await tell(.bytes($0)) }
            if let flaw { try await tell(.fault(Fault(key, flaw))) }
        }
    }

    /// Fills a folder that is missing or empty, or that an earlier restore has begun to fill. The index comes last.
    ///
    /// - Throws: ``BackupError``, ``BlobError`` and ``IndexError``; what `tell` throws. The same restore goes on then.
    package nonisolated(nonsending) func fill(
        _ storage: String,
        _ tell: (BackupProgress) async throws -> Void
    ) async throws {
        let restored = try RestoredFolder(path: storage, from: manifest.id)
        try await eachBlob { key, size in
            guard try !restored.has(key, size: size) else { return try await tell(.bytes(Int(size))) }
            let flaw = try await restored.add(key, size: size, from: folder) { try await tell(.bytes($0)) }
            if let flaw { try await tell(.fault(Fault(key, flaw))) }
        }
        try restored.settle()
        let path = "\(storage)/index.sqlite"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: "\(folder.path)/\(manifest.index)", toPath: path)
        try IndexSnapshot.adopt(path, by: restored.storeID)
        try restored.finish()
    }

    private nonisolated(nonsending) func eachBlob(_ body: (BlobKey, _ size: Int64) async throws -> Void) async throws {
        for byte in UInt8.min ... .max {
            for blob in try index.read({ try $0.blobs(beginningWith: byte) }) {
                if let key = BlobKey(blob.key) { try await body(key, Int64(blob.size)) }
            }
        }
    }
}
