import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Copies contents under their keys from a storage folder into a bucket, or back, beside whoever has the folder open.
///
/// A content that was cut off is not there: a bucket has an object as a whole or not at all, and a file gets its name when
/// it is durable. So the next move goes on by looking at what is there.
package final class ContentMove: Sendable {
    package enum Direction: Sendable { case toBucket, toFolder }

    /// Larger files are sent in parts. S3 takes no more at once.
    private static let mostAtOnce: Int64 = 5 << 30

    private let folder: String
    private let bucket: S3Bucket
    package let direction: Direction
    private let threads: NIOThreadPool
    private let root: Descriptor
    private let blobs: Descriptor
    private let session = Token.fresh()

    /// - Parameter folder: has the layout of a store.
    /// - Throws: ``BlobError``.
    package init(
        _ direction: Direction,
        folder: String,
        bucket settings: BucketSettings,
        threads: NIOThreadPool
    ) throws(BlobError) {
        (self.direction, self.folder, self.threads) = (direction, folder, threads)
        bucket = try S3Bucket(settings, threads: threads)
        root = try Descriptor(folder, in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        do throws(BlobError) {
            blobs = try Descriptor("blobs", in: root.raw, O_RDONLY | O_DIRECTORY)
        } catch .io(_, ENOENT) {
            throw .missingLayout
        }
    }

    package func close() async { try? await bucket.shutdown() }

    /// Sees whether the bucket can be used and whose it is; a new one becomes this store's.
    ///
    /// - Returns: whose it is; nil when it has objects and says of nobody that they are his.
    package func claimBucket(for storeID: String) async throws -> String? {
        _ = try await bucket.prove()
        if let owner = try await bucket.owner() { return owner }
        guard direction == .toBucket, try await bucket.isEmpty(for: storeID) else { return nil }
        return try await bucket.claim(for: storeID) ?? storeID
    }

    /// How many bytes this account can still write into the folder.
    package func freeBytes() throws(BlobError) -> Int64 {
        var status = statvfs()
        let raw = root.raw
        try check("statvfs") { fstatvfs(raw, &status) }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    /// What is at the new place, after a key, in order: at most 1000; none at the end.
    package func arrived(after: BlobKey?) async throws(BlobError) -> [(key: BlobKey, size: Int64)] {
        switch direction {
        case .toBucket:
            var (start, found) = (after?.description ?? "sha256/", [(key: BlobKey, size: Int64)]())
            while found.isEmpty {
                let objects = try await reaching { [start] in try await bucket.list(after: start) }
                guard let last = objects.last else { break }
                found = objects.compactMap { object in BlobKey(object.key).map { ($0, object.size) } }
                start = last.key
            }
            return found
        case .toFolder:
            let raw = blobs.raw
            var found: [(key: BlobKey, size: Int64)] = []
            for key in try Descriptor.keys(in: raw, after: after, limit: 1000) {
                var status = Glibc.stat()
                let exists = try check("stat", unless: ENOENT) {
                    fstatat(raw, key.description, &status, AT_SYMLINK_NOFOLLOW)
                }
                if exists { found.append((key, Int64(status.st_size))) }
            }
            return found
        }
    }

    /// Removes from the folder what an earlier move has brought, and nobody wants any more.
    package func removeArrived(_ key: BlobKey) throws(BlobError) {
        let raw = blobs.raw
        _ = try check("unlink", unless: ENOENT) { unlinkat(raw, key.description, 0) }
    }

    /// Copies a content, and verifies it.
    ///
    /// - Returns: what is wrong with it at its old place; nil when it is at the new one.
    /// - Throws: ``BlobError`` when one of the places cannot be used.
    package func copy(_ key: BlobKey, size: Int64) async throws(BlobError) -> Flaw? {
        switch direction {
        case .toBucket: try await send(key, size)
        case .toFolder: try await fetch(key, size)
        }
    }

    // MARK: Into a bucket

    private func send(_ key: BlobKey, _ size: Int64) async throws(BlobError) -> Flaw? {
        let reader: HashingReader
        switch try HashingReader.open(key.description, in: blobs.raw, size: size) {
        case .failure(let flaw): return flaw
        case .success(let opened): reader = opened
        }
        let file = try S3File(path: "\(folder)/blobs/\(key)")
        do {
            let name = key.description
            if size <= Self.mostAtOnce {
                // The bucket computes the digest, and refuses other bytes.
                try await bucket.put(name, .file(file, 0..<size), sha256: key.digest.hex)
            } else {
                if let flaw = try await flaw(reader, key) { return flaw }
                try await bucket.putParts(name, file, size: size) { _ in }
            }
            guard try await bucket.size(of: name) == size else {
                throw BlobError.unreachable(reason: "It confirmed an object that it does not have as a whole: \(key).")
            }
            return nil
        } catch let error as S3Error where !error.isTransient {
            if let flaw = try await flaw(reader, key) { return flaw }
            throw BlobError(reaching: error)
        } catch {
            throw BlobError(reaching: error)
        }
    }

    /// Reads a file to its end.
    private func flaw(_ reader: HashingReader, _ key: BlobKey) async throws(BlobError) -> Flaw? {
        do {
            return Flaw(try await reader.finish({ _ in }, { _, _ in }), unlike: key.digest)
        } catch {
            throw error as? BlobError ?? .closed
        }
    }

    // MARK: Into a folder

    private func fetch(_ key: BlobKey, _ size: Int64) async throws(BlobError) -> Flaw? {
        guard let found = try await reaching({ try await bucket.size(of: key.description) }) else {
            try await bucket.checkOwner()
            return .missing
        }
        guard found == size else { return .wrongLength }
        let copy = try ArrivingFile("incoming/\(IncomingName(session: session))", in: root.raw)
        do {
            for try await piece in bucket.read(key.description, range: 0..<size) {
                try await threads.run { () throws(BlobError) in try copy.append(piece) }
            }
        } catch let error as S3Error where error.isAbsence {
            return .missing
        } catch {
            throw BlobError(reaching: error)
        }
        guard copy.digest == key.digest else { return .wrongBytes }
        let (root, blobs, folder) = (root.raw, blobs.raw, key.directory)
        try await threads.run { () throws(BlobError) in
            try copy.settle(as: "blobs/\(key)", in: root)
            try Descriptor(folder, in: blobs, O_RDONLY | O_DIRECTORY).sync()
        }
        return nil
    }
}

/// A file on its way to `blobs/`, which goes when nobody has it any more. For one task.
private final class ArrivingFile: Sendable {
    private let name: String
    private let root: Int32
    private let file: Descriptor
    private let fingerprint = Mutex(Fingerprint())

    /// Until it is settled, the next start of a server takes it for an upload that was cut off.
    init(_ name: String, in root: Int32) throws(BlobError) {
        (self.name, self.root) = (name, root)
        file = try Descriptor(name, in: root, O_WRONLY | O_CREAT | O_EXCL, mode: 0o440)
    }

    deinit { unlinkat(root, name, 0) }

    var digest: BlobDigest { fingerprint.withLock { $0.digest() } }

    func append(_ bytes: ByteBuffer) throws(BlobError) {
        let offset = fingerprint.withLock { $0.byteCount }
        var written: Result<Void, BlobError> = .success(())
        bytes.withUnsafeReadableBytes { pointer in
            written = Result { () throws(BlobError) in try file.write(pointer, at: offset) }
        }
        try written.get()
        fingerprint.withLock { $0.update(bytes) }
    }

    func settle(as place: String, in root: Int32) throws(BlobError) {
        let (raw, name) = (file.raw, name)
        try check("fdatasync") { fdatasync(raw) }
        try check("rename") { renameat(root, name, root, place) }
    }
}
