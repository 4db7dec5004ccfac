import Glibc

/// A file that says in one line what a folder of ours is, and whose. It is there as a whole or not at all.
struct FolderMark {
    /// Ends with the store's id.
    static let store = FolderMark(name: "STORE", prefix: "placet blobs 1 ")
    /// Ends with the id of the store that is copied.
    static let backup = FolderMark(name: "BACKUP", prefix: "placet backup 1 ")
    /// Ends with the id of the backup, and goes when all of it is there.
    static let restoring = FolderMark(name: "RESTORING", prefix: "placet restore 1 ")

    let name: String
    private let prefix: String

    /// Nil when there is none.
    ///
    /// - Throws: ``BlobError/foreignLayout`` when it is none of ours.
    func read(in root: Int32) throws(BlobError) -> String? {
        do throws(BlobError) {
            let text = try Descriptor(name, in: root, O_RDONLY).text()
            let id = text.dropFirst(prefix.count).prefix(32)
            guard text == "\(prefix)\(id)\n", Token.isOne(id) else { throw .foreignLayout }
            return String(id)
        } catch .io(_, ENOENT) {
            return nil
        }
    }

    /// Whether a directory may get this mark: it has nothing but what a crash left of it, and a file system's own
    /// folder. Names with a dot do not count.
    func isFree(_ directory: Int32) throws(BlobError) -> Bool {
        try Descriptor.names(in: directory, ".").allSatisfy { ["lost+found", "\(name).new"].contains($0) }
    }

    /// Makes it, durably, with all that was done in `root` before.
    func write(_ id: String, in root: Int32) throws(BlobError) {
        let file = try Descriptor("\(name).new", in: root, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
        try file.write("\(prefix)\(id)\n")
        try file.sync()
        try check("rename") { renameat(root, "\(name).new", root, name) }
        try check("fsync") { fsync(root) }
    }

    /// Removes it, durably.
    func remove(in root: Int32) throws(BlobError) {
        _ = try check("unlink", unless: ENOENT) { unlinkat(root, name, 0) }
        try check("fsync") { fsync(root) }
    }
}

extension Descriptor {
    /// Writes a short text at the start.
    func write(_ text: String) throws(BlobError) {
        let bytes = Array(text.utf8)
        let raw = raw
        try check("write") { pwrite(raw, bytes, bytes.count, 0) }
    }

    /// Makes the folders for bytes and for those that arrive, durably, as far as they are missing.
    static func makeByteFolders(in root: Int32, mode: mode_t) throws(BlobError) {
        let leaves = (0...255).map { "blobs/sha256/" + Hex.encode([UInt8($0)]) }
        for name in ["incoming", "blobs", "blobs/sha256"] + leaves {
            _ = try check("mkdir", unless: EEXIST) { mkdirat(root, name, mode) }
        }
        for name in ["blobs/sha256", "blobs"] {
            try Descriptor(name, in: root, O_RDONLY | O_DIRECTORY).sync()
        }
    }
}
