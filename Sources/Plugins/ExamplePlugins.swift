import CAssets
import FoundationEssentials

/// Our own two plugins. They lie in `Sources/CAssets/Plugins` and are part of the binary, because we ship one file.
package enum ExamplePlugins {
    private static let files = ["checklist", "diff-view"].flatMap { name in
        ["plugin.json", "render.html", "icon.svg"].map { "\(name)/\($0)" }
    }

    /// Writes them into a folder that does not exist yet. A folder that does is the operator's, and is left alone.
    ///
    /// It is written under another name first, so it appears whole or not at all.
    ///
    /// - Throws: what the file system refuses.
    package static func install(at path: String) throws {
        let manager = FileManager.default
        guard !manager.fileExists(atPath: path) else { return }
        let unfinished = path + ".new"
        for name in files {
            let file = "\(unfinished)/\(name)"
            let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let asset = Asset("Plugins/\(name)")
            let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.count)
            try Data(buffer: bytes).write(to: URL(filePath: file))
        }
        try manager.moveItem(atPath: unfinished, toPath: path)
    }
}
