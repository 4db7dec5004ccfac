import Glibc

// Which bucket a folder's bytes are in, as its operator named it: one line in `BUCKET`. So no command needs to be told, and
// nobody starts without it by mistake.
extension DiskBlobStore {
    /// Nil when a folder has none, or cannot be read.
    package static func notedBucket(in folder: String) -> String? {
        let text = try? Descriptor("\(folder)/\(StoreDirectory.mark)", in: AT_FDCWD, O_RDONLY).text(limit: 4096)
        return text?.split(separator: "\n").first.map(String.init)
    }

    /// Whether the folder has one.
    package func hasNotedBucket() throws(BlobError) -> Bool {
        let root = try opened().root.raw
        var status = Glibc.stat()
        return try check("stat", unless: ENOENT) { fstatat(root, StoreDirectory.mark, &status, AT_SYMLINK_NOFOLLOW) }
    }

    /// Notes it, durably.
    package func noteBucket(_ text: String) throws(BlobError) { try opened().note(bucket: text) }
}

extension StoreDirectory {
    static let mark = "BUCKET"

    func note(bucket text: String) throws(BlobError) {
        let root = root.raw
        let file = try Descriptor("\(Self.mark).new", in: root, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
        try file.write(text + "\n")
        try file.sync()
        try check("rename") { renameat(root, "\(Self.mark).new", root, Self.mark) }
        try check("fsync") { fsync(root) }
    }
}
