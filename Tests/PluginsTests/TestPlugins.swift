import Foundation
import HTTP
import Logging
import NIOPosix
import Synchronization
import Testing

@testable import Plugins

/// A folder for plugins and a catalogue on it that looks anew each time it is asked; gone when `body` returns.
func withPlugins(_ body: (TestPlugins) async throws -> Void) async throws {
    let root = NSTemporaryDirectory() + "plugins-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root + "/plugins", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try await body(TestPlugins(root: root, freshness: .zero))
}

struct TestPlugins: Sendable {
    let root: String
    let catalogue: PluginCatalogue
    let log = Warnings()

    init(root: String, freshness: Duration) {
        self.root = root
        catalogue = PluginCatalogue(
            path: root + "/plugins",
            threads: .singleton,
            logger: log.logger,
            freshness: freshness
        )
    }

    /// The names of the plugins, sorted.
    var names: [String] { get async { await catalogue.manifests().keys.sorted() } }

    var folder: String { "\(root)/plugins" }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Makes a whole plugin whose manifest has `members` beside the required ones.
    func add(_ folder: String, name: String? = nil, _ members: String = "") throws {
        let required = #""name":"\#(name ?? folder)","displayName":"A plugin","version":"1""#
        try write("\(folder)/plugin.json", "{\(required)\(members.isEmpty ? "" : ",")\(members)}")
        try write("\(folder)/render.html", "<!doctype html>")
    }

    func write(_ name: String, _ text: String) throws {
        let file = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    func removeFolder() throws { try FileManager.default.removeItem(atPath: folder) }

    /// Puts a symbolic link in the place of what is at `path`, which is its target now, outside of the folder.
    func replaceByLink(_ path: String) throws {
        let target = "\(root)/moved"
        try FileManager.default.moveItem(atPath: path, toPath: target)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }
}

/// Keeps the warnings as `plugin: problem`.
final class Warnings: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "tests") { _ in Handler(warnings: self) } }

    private struct Handler: LogHandler {
        let warnings: Warnings
        var logLevel = Logger.Level.warning
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.metadata?["plugin"] ?? "-"): \(event.metadata?["problem"] ?? "-")"
            warnings.kept.withLock { $0.append(line) }
        }
    }
}
