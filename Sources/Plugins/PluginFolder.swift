import API
import Glibc
import HTTP
import JSON

/// Why a plugin is left out, in words for the operator's log.
struct PluginProblem: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// An open folder: that of one plugin, or that of all. What is in it is reached through the descriptor alone.
///
/// Nothing leads out of it: links are refused, and names are single path components. Everything here blocks.
struct PluginFolder: ~Copyable {
    static let maxManifestBytes = 64 * 1024
    static let maxRenderBytes = 1024 * 1024
    static let maxIconBytes = 1024 * 1024

    /// What changes when a plugin is written to: the identity and the last change of its folder and files.
    struct Stamp: Equatable {
        private struct Part: Equatable {
            let inode: ino_t
            let size: off_t
            let seconds: Int
            let nanoseconds: Int
        }

        private let parts: [Part?]

        fileprivate init(_ folder: Int32) {
            // Without the icon, which is looked at again when it is sent.
            parts = [".", "plugin.json", "render.html"].map { name in
                var status = stat()
                guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
                let change = status.st_ctim  // Unlike the time of modification, a program cannot set it.
                return Part(
                    inode: status.st_ino,
                    size: status.st_size,
                    seconds: change.tv_sec,
                    nanoseconds: change.tv_nsec
                )
            }
        }
    }

    private let descriptor: Int32

    /// Opens a folder, but no link to one.
    ///
    /// - Parameter parent: where `name` is looked up. By default `name` is a path of the operator's.
    /// - Throws: ``PluginProblem``.
    init(_ name: String, in parent: Int32 = AT_FDCWD) throws(PluginProblem) {
        descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw PluginProblem("is not a folder that can be opened; links are not followed") }
    }

    deinit { close(descriptor) }

    var stamp: Stamp { Stamp(descriptor) }

    func folder(_ name: String) throws(PluginProblem) -> PluginFolder {
        try PluginFolder(name, in: descriptor)
    }

    /// The names in it, sorted, without those that begin with a dot.
    func names() throws(PluginProblem) -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard let stream = fdopendir(copy) else {
            if copy >= 0 { close(copy) }
            throw PluginProblem("cannot be listed")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// The manifest in this folder. The other files are only checked, for their kind and size.
    ///
    /// - Parameter name: of the folder, which the manifest must repeat.
    /// - Throws: ``PluginProblem`` naming what is wrong.
    func manifest(named name: String) throws(PluginProblem) -> PluginManifest {
        let bytes = try read("plugin.json", limit: Self.maxManifestBytes)
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch JSONError.malformed(let fault) {
            throw PluginProblem("plugin.json is not valid JSON: \(fault)")
        } catch {
            throw PluginProblem("plugin.json is not valid JSON")
        }
        guard case .object = value else { throw PluginProblem("plugin.json is not a JSON object") }
        let manifest: PluginManifest
        do {
            manifest = try JSONFields.read(value) { PluginManifest(&$0) }
        } catch {
            throw PluginProblem("plugin.json: \(APIError(error).message)")
        }
        guard manifest.name == name else { throw PluginProblem("plugin.json: name: must be the name of the folder") }
        try checkFile("render.html", limit: Self.maxRenderBytes)
        if let image = manifest.image { try checkFile(image.name, limit: Self.maxIconBytes) }
        return manifest
    }

    /// The page of a plugin, at most 1 MiB.
    func page() throws(PluginProblem) -> [UInt8] {
        try read("render.html", limit: Self.maxRenderBytes)
    }

    /// The image that the manifest names, at most 1 MiB.
    func icon(_ name: String) throws(PluginProblem) -> [UInt8] {
        try read(name, limit: Self.maxIconBytes)
    }

    private func checkFile(_ name: String, limit: Int) throws(PluginProblem) {
        close(try open(name, limit: limit))
    }

    private func read(_ name: String, limit: Int) throws(PluginProblem) -> [UInt8] {
        let file = try open(name, limit: limit)
        defer { close(file) }
        // One byte more than allowed: the file may have grown since its size was checked.
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress! + count, $0.count - count, count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw PluginProblem("\(name) cannot be read") }
            if got == 0 { break }
            count += got
        }
        guard count <= limit else { throw PluginProblem("\(name) is larger than \(limit) bytes") }
        return Array(bytes.prefix(count))
    }

    /// Opens a regular file, without following a link and without waiting: a named pipe would block until it is written
    /// to.
    private func open(_ name: String, limit: Int) throws(PluginProblem) -> Int32 {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            throw PluginProblem(
                errno == ELOOP ? "\(name) is a link; put the file itself there" : "\(name) cannot be opened"
            )
        }
        var status = stat()
        let isRegular = fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        guard isRegular, status.st_size <= limit else {
            close(file)
            throw PluginProblem(isRegular ? "\(name) is larger than \(limit) bytes" : "\(name) is not a regular file")
        }
        return file
    }
}
