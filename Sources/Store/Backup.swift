import Blobs
import FoundationEssentials
import Index

/// What is told while a backup is made, read or restored.
package enum BackupProgress: Sendable {
    /// So many bytes more are done.
    case bytes(Int)
    /// This content is damaged, and left out.
    case fault(Fault)
}

/// Makes a backup: a copy of the index and of the bytes that it names.
///
/// It runs in a process of its own, beside the one that has the store open: published bytes never change (invariant 3),
/// and SQLite lets others read. Removal must be held back from before it is made until it is finished. Until then the
/// folder's last backup stays what it was; after a crash the next one goes on.
package final class Backup {
    private let folder: BackupFolder
    private let storage: String
    private let index: IndexSnapshot
    private let takenAt = Timestamp.now()
    /// Where the contents are, if not in the storage folder: then the backup has the index alone, which names their keys.
    package let bucket: String?
    private var faultCount = 0

    /// Opens or makes the folder, and writes nothing in it yet.
    ///
    /// - Throws: ``BackupError`` and ``BlobError``.
    package static func openFolder(_ path: String, for storage: String) throws -> BackupFolder {
        guard !isInside(path, storage) else { throw BackupError.nested }
        return try BackupFolder(path: path, of: storage)
    }

    /// Copies the index.
    ///
    /// - Throws: ``BlobError`` and ``IndexError``.
    package init(in folder: BackupFolder, of storage: String) throws {
        (self.folder, self.storage) = (folder, storage)
        bucket = FolderNote.bucket.read(in: storage)
        try folder.prepare()
        let copy = "\(folder.path)/\(BackupManifest.newIndex)"
        try? FileManager.default.removeItem(atPath: copy)
        do {
            try IndexSnapshot.write(ofIndexAt: "\(storage)/index.sqlite", to: copy)
        } catch {
            try? FileManager.default.removeItem(atPath: copy)
            throw error
        }
        index = try IndexSnapshot(path: copy)
    }

    /// What the copy of the index names.
    package func all() throws -> StoredAmount { try index.read { try $0.blobAmount() } }

    /// What of it an earlier backup has not copied, or what has another length there now.
    package func missing() throws -> StoredAmount {
        var (count, bytes) = (0, 0)
        if bucket != nil { return StoredAmount() }
        for byte in UInt8.min ... .max {
            let missing = try missing(beginningWith: byte)
            count += missing.count
            bytes += missing.reduce(0) { $0 + $1.size }
        }
        return StoredAmount(count: count, bytes: bytes)
    }

    /// Copies what is missing. What is damaged is told, and left out.
    ///
    /// - Returns: what was copied.
    /// - Throws: ``BlobError``; what `tell` throws.
    package nonisolated(nonsending) func copyMissing(
        _ tell: (BackupProgress) async throws -> Void
    ) async throws -> StoredAmount {
        var copied = StoredAmount()
        if bucket != nil { return copied }
        let copies = try folder.copies(from: storage)
        for fault in try index.read({ try $0.impossibleKeys() }) { try await note(fault, tell) }
        for byte in UInt8.min ... .max {
            for blob in try missing(beginningWith: byte) {
                guard let key = blob.possibleKey else { continue }
                let flaw = try await copies.add(key, size: Int64(blob.size)) { try await tell(.bytes($0)) }
                if let flaw {
                    try await note(Fault(key, flaw), tell)
                } else {
                    copied.add(blob.size)
                }
            }
        }
        try copies.settle()
        return copied
    }

    /// Makes it the folder's backup, and removes what only the one before needed.
    package func finish() throws -> BackupManifest {
        let all = try all()
        let manifest = BackupManifest(
            takenAt: takenAt.description,
            indexSHA256: try folder.digest(ofFile: BackupManifest.newIndex).hex,
            contents: all.count,
            bytes: all.bytes,
            damaged: faultCount,
            bucket: bucket
        )
        let (new, kept) = ("\(folder.path)/\(BackupManifest.newIndex)", "\(folder.path)/\(manifest.index)")
        try? FileManager.default.removeItem(atPath: kept)
        try FileManager.default.moveItem(atPath: new, toPath: kept)
        try folder.sync()
        try manifest.write(to: folder.path)
        try folder.sync()
        try removeOthers(than: manifest)
        return manifest
    }

    private func removeOthers(than manifest: BackupManifest) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("index-") && name != manifest.index {
            try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
        }
        for byte in UInt8.min ... .max {
            let named = try blobs(beginningWith: byte).compactMap { BlobDigest(hex: $0.sha256) }
            for digest in try folder.digests(beginningWith: byte).subtracting(named) { try folder.remove(digest) }
        }
    }

    private func missing(beginningWith byte: UInt8) throws -> [Blob] {
        try blobs(beginningWith: byte).filter { blob in
            guard let key = blob.possibleKey else { return false }
            return try !folder.has(key.digest, size: Int64(blob.size))
        }
    }

    private func blobs(beginningWith byte: UInt8) throws -> [Blob] {
        try index.read { try $0.blobs(beginningWith: byte) }
    }

    private nonisolated(nonsending) func note(
        _ fault: Fault,
        _ tell: (BackupProgress) async throws -> Void
    ) async throws {
        faultCount += 1
        try await tell(.fault(fault))
    }
}

extension Reader {
    /// All blobs whose keys begin with that byte.
    func blobs(beginningWith byte: UInt8) throws -> [Blob] {
        let digits = String(byte, radix: 16)
        return try blobs(inFolder: "sha256/" + (digits.count == 1 ? "0" : "") + digits)
    }

    /// The first 100 rows whose bytes cannot be found, because of what they name as their key.
    func impossibleKeys() throws -> [Fault] {
        try blobsWithImpossibleKeys(limit: 100).map { Fault(kind: .impossibleKey, subject: $0.key) }
    }
}

extension Blob {
    /// Nil when what the row names cannot be a key, or is that of other bytes.
    var possibleKey: BlobKey? {
        BlobKey(key).flatMap { $0.digest.hex == sha256 ? $0 : nil }
    }
}

extension Fault {
    init(_ key: BlobKey, _ flaw: Flaw) {
        let kind: Kind =
            switch flaw {
            case .missing: .missing
            case .wrongLength: .wrongLength
            case .wrongBytes: .wrongBytes
            case .unreadable: .unreadable
            }
        self.init(kind: kind, subject: key.description)
    }
}

/// Whether a path, whose last part need not exist, is a folder or inside it.
private func isInside(_ path: String, _ folder: String) -> Bool {
    var url = URL(fileURLWithPath: path)
    if !FileManager.default.fileExists(atPath: path) {
        url = url.deletingLastPathComponent().resolvingSymlinksInPath().appendingPathComponent(url.lastPathComponent)
    }
    let outer = URL(fileURLWithPath: folder).resolvingSymlinksInPath().pathComponents
    return url.resolvingSymlinksInPath().pathComponents.starts(with: outer)
}
