import Glibc

/// What a folder remembers of where its store is, so that nobody starts without it by mistake: a file of one line.
package struct FolderNote: Sendable {
    /// The bucket that has the bytes, as its operator named it. No command needs to be told then.
    package static let bucket = FolderNote(name: "BUCKET")
    /// The PostgreSQL that has the index, without credentials: it has to be named again.
    package static let index = FolderNote(name: "INDEX")

    private let name: String

    /// Nil when a folder has none, or cannot be read.
    package func read(in folder: String) -> String? {
        let text = try? Descriptor("\(folder)/\(name)", in: AT_FDCWD, O_RDONLY).text(limit: 4096)
        return text?.split(separator: "\n").first.map(String.init)
    }

    /// Notes it, durably; nil takes the note away.
    package func write(_ text: String?, in folder: String) throws(BlobError) {
        let root = try Descriptor(folder, in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        try write(text, in: root.raw)
    }

    /// Makes a folder that of a store, whose index it is to have. Whoever has it open does not notice.
    package static func adopt(_ folder: String, by storeID: String) throws(BlobError) {
        let root = try Descriptor(folder, in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        if try FolderMark.store.read(in: root.raw) != storeID { try FolderMark.store.write(storeID, in: root.raw) }
    }

    func exists(in root: Int32) throws(BlobError) -> Bool {
        var status = Glibc.stat()
        let name = name
        return try check("stat", unless: ENOENT) { fstatat(root, name, &status, AT_SYMLINK_NOFOLLOW) }
    }

    func write(_ text: String?, in root: Int32) throws(BlobError) {
        let name = name
        if let text {
            let file = try Descriptor("\(name).new", in: root, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
            try file.write(text + "\n")
            try file.sync()
            try check("rename") { renameat(root, "\(name).new", root, name) }
        } else {
            _ = try check("unlink", unless: ENOENT) { unlinkat(root, name, 0) }
        }
        try check("fsync") { fsync(root) }
    }
}

extension DiskBlobStore {
    /// Whether the folder has that note.
    package func has(_ note: FolderNote) throws(BlobError) -> Bool { try note.exists(in: try opened().root.raw) }

    package func note(_ note: FolderNote, _ text: String) throws(BlobError) {
        try note.write(text, in: try opened().root.raw)
    }
}
