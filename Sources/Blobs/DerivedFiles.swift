import Glibc

// What is computed from published bytes, such as the index of a text's lines, lies in `derived/`, one file for each key.
// It is never flushed, no row knows it, and no backup has it: what is lost or damaged is made again by whoever needs it,
// who must be able to tell. It goes with its bytes.
extension DiskBlobStore {
    /// What was derived from a key's bytes; nil when there is nothing, or when it is longer than `limit` bytes.
    package func derived(from key: BlobKey, limit: Int) async throws(BlobError) -> [UInt8]? {
        try await run { (directory) throws(BlobError) in try directory.derived(from: key, limit: limit) }
    }

    /// Keeps what was derived from a key's bytes, in place of what there was. It is there as a whole or not at all, unless
    /// the power fails. Keeps nothing when the bytes have gone meanwhile.
    ///
    /// - Parameter inBucket: whether the bytes are in a bucket, so that nobody here can tell whether they have gone.
    package func keepDerived(_ bytes: [UInt8], from key: BlobKey, inBucket: Bool = false) async throws(BlobError) {
        try await run { (directory) throws(BlobError) in
            try directory.keepDerived(bytes, from: key)
            if !inBucket { try directory.removeDerivedOfAbsent(key) }
        }
    }

    /// Removes what was derived from a key's bytes, if there is anything.
    package func removeDerived(from key: BlobKey) async throws(BlobError) {
        try await run { (directory) throws(BlobError) in try directory.removeDerived(key) }
    }

    /// The keys from whose bytes something was derived, in no particular order. The bytes may have gone.
    package func keysWithDerived() async throws(BlobError) -> [BlobKey] {
        try await run { (directory) throws(BlobError) in
            do throws(BlobError) {
                return try Descriptor.names(in: directory.root.raw, "derived").compactMap { name in
                    BlobKey("sha256/\(name.prefix(2))/\(name.dropFirst(2))")
                }
            } catch .io(_, ENOENT) {
                return []
            }
        }
    }
}

extension BlobKey {
    fileprivate var derivedPath: String { "derived/\(flatName)" }
}

extension StoreDirectory {
    func removeDerived(_ key: BlobKey) throws(BlobError) {
        _ = try check("unlink", unless: ENOENT) { unlinkat(root.raw, key.derivedPath, 0) }
    }

    fileprivate func derived(from key: BlobKey, limit: Int) throws(BlobError) -> [UInt8]? {
        do throws(BlobError) {
            let file = try Descriptor(key.derivedPath, in: root.raw, O_RDONLY | O_NOFOLLOW)
            var status = Glibc.stat()
            let raw = file.raw
            try check("fstat") { fstat(raw, &status) }
            guard status.st_size <= limit else { return nil }
            var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
            let count = try check("read") { pread(raw, &bytes, bytes.count, 0) }
            return Array(bytes.prefix(count))
        } catch .io(_, ENOENT) {
            return nil
        }
    }

    /// It is written in `incoming/`, where a sweep finds it after a crash.
    fileprivate func keepDerived(_ bytes: [UInt8], from key: BlobKey) throws(BlobError) {
        let (root, name) = (root.raw, IncomingName(session: session).description)
        _ = try check("mkdir", unless: EEXIST) { mkdirat(root, "derived", Self.mode) }
        do throws(BlobError) {
            let file = try Descriptor(name, in: incoming.raw, O_WRONLY | O_CREAT | O_EXCL, mode: 0o440)
            var outcome: Result<Void, BlobError> = .success(())
            bytes.withUnsafeBytes { bytes in
                outcome = Result { () throws(BlobError) in try file.write(bytes, at: 0) }
            }
            try outcome.get()
            try check("rename") { renameat(incoming.raw, name, root, key.derivedPath) }
        } catch {
            try removeIncoming(name)
            throw error
        }
    }

    /// Whoever removes the bytes removes what is derived after them: one of the two sees the other.
    fileprivate func removeDerivedOfAbsent(_ key: BlobKey) throws(BlobError) {
        var status = Glibc.stat()
        let isThere = try check("stat", unless: ENOENT) {
            fstatat(blobs.raw, key.description, &status, AT_SYMLINK_NOFOLLOW)
        }
        if !isThere { try removeDerived(key) }
    }
}
