import Glibc

/// What other accounts of the system may do in a storage folder. A folder of ours is closed to them; one that was made by
/// hand, or restored, may not be.
enum StoragePermissions {
    private static let othersWrite: Int = 0o002
    private static let othersReadOrWrite: Int = 0o006
    private static let othersEnter: Int = 0o001

    /// The commands that close what is open to others; none when nothing is.
    static func remedies(for folder: String) -> [String] {
        guard let mode = mode(of: folder), mode & othersEnter != 0 else { return [] }
        let folders = [folder] + ["blobs", "incoming", "plugins"].map { "\(folder)/\($0)" }
        let files = ["", "-wal", "-shm"].map { "\(folder)/index.sqlite\($0)" }
        let open =
            folders.filter { isSet(othersWrite, of: $0) } + files.filter { isSet(othersReadOrWrite, of: $0) }
        return open.map { "chmod o-rwx \($0)" }
    }

    private static func isSet(_ bits: Int, of path: String) -> Bool {
        mode(of: path).map { $0 & bits != 0 } ?? false
    }

    private static func mode(of path: String) -> Int? {
        var file = stat()
        return stat(path, &file) == 0 ? Int(file.st_mode) : nil
    }
}
