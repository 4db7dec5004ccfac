import CAssets
import Crypto

/// The page and its files as they are sent, made of those in `Sources/CAssets/Dashboard`. A browser asks for few files
/// before it shows something: one style sheet, one script, and the icons are in the page.
struct DashboardParts: Sendable {
    let page: String
    /// By name.
    let files: [String: String]
    /// The script that shows notices, at an address that does not change.
    let serviceWorker: String
    /// Half a SHA-256 of all files, in hex.
    let folder: String

    init() {
        var files = Self.embedded
        let (page, icons) = (files.removeValue(forKey: "index.html"), files.removeValue(forKey: "icons.svg"))
        serviceWorker = files.removeValue(forKey: "service-worker.js") ?? ""
        files = Self.withOneStyleSheet(Self.withOneScript(files))
        let folder = Self.digest(of: files)
        self.page = (page ?? "").replacing("{{icons}}", with: icons ?? "")
            .replacing("{{files}}", with: "/dashboard/\(folder)")
        self.files = files
        self.folder = folder
    }

    private static var embedded: [String: String] {
        let prefix = "Dashboard/"
        let all = (0..<Asset.total).map { Asset(number: $0) }.map { (String(cString: $0.name), $0) }
        return all.reduce(into: [:]) { files, file in
            guard file.0.hasPrefix(prefix) else { return }
            let bytes = UnsafeBufferPointer(start: file.1.bytes, count: file.1.count)
            files[String(file.0.dropFirst(prefix.count))] = String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The modules with which the page begins are one; the others are loaded when they are needed, by `import()`.
    private static func withOneScript(_ files: [String: String]) -> [String: String] {
        let first = "app.js"
        let bundle = ModuleBundle(of: first, in: files)
        let others = files.filter { !bundle.names.contains($0.key) }
            .map { ($0, $0.hasSuffix(".js") ? bundle.importing($1, from: first) : $1) }
        return Dictionary(uniqueKeysWithValues: others + [(first, bundle.text)])
    }

    /// The rules with which the page begins are one; others come with their view.
    private static func withOneStyleSheet(_ files: [String: String]) -> [String: String] {
        let first = ["base.css", "parts.css", "views.css", "log.css"]
        let others = files.filter { !first.contains($0.key) }.map { ($0, $1) }
        return Dictionary(uniqueKeysWithValues: others + [("style.css", first.compactMap { files[$0] }.joined())])
    }

    private static func digest(of files: [String: String]) -> String {
        var hash = SHA256()
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("\(name) \(text.utf8.count) \(text)".utf8))
        }
        return hash.finalize().prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
