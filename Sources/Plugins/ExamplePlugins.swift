import FoundationEssentials

/// The two plugins of our own, whose sources lie in `Examples/` and are compiled in, as we ship one binary.
package enum ExamplePlugins {
    private static let files = [
        "checklist/plugin.json": PackageResources.checklist_json,
        "checklist/render.html": PackageResources.checklist_html,
        "checklist/icon.svg": PackageResources.checklist_svg,
        "diff-view/plugin.json": PackageResources.diff_view_json,
        "diff-view/render.html": PackageResources.diff_view_html,
        "diff-view/icon.svg": PackageResources.diff_view_svg,
    ]

    /// Writes them into a folder that does not exist yet; one that does is the operator's and is not touched.
    ///
    /// The folder appears whole, under its name, or not at all.
    package static func install(at path: String) throws {
        let manager = FileManager.default
        guard !manager.fileExists(atPath: path) else { return }
        let unfinished = path + ".new"
        for (name, bytes) in files {
            let file = "\(unfinished)/\(name)"
            let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: file))
        }
        try manager.moveItem(atPath: unfinished, toPath: path)
    }
}
