import Foundation
import Testing

/// The threat model and what it says of ASVS name tests; a name that leads nowhere shows nothing.
@Suite("The threat model")
struct ThreatModelTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let pages = ["docs/threat-model.md", "docs/threat-model/asvs.md"]

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// `SuiteTests.test` and `test_file.test`, in code.
    private static func names(in text: Substring) -> [String] {
        text.matches(of: /`((?:\w+Tests|test_\w+)\.\w+)`/).map { String($0.1) }
    }

    @Test("Every threat names what stops it, and a test that shows it")
    func rows() throws {
        let page = try Self.text(Self.pages[0])
        let table = try #require(page.split(separator: "\n\n").first { $0.hasPrefix("| Threat |") })
        for row in table.split(separator: "\n").dropFirst(2) {
            let cells = row.split(separator: " | ")
            #expect(cells.count == 3 && !Self.names(in: cells.last ?? "").isEmpty, "\(row.prefix(60))")
        }
    }

    @Test("Every test that is named is there", arguments: pages)
    func tests(page: String) throws {
        let files = try #require(FileManager.default.enumerator(atPath: Self.root.appending(path: "Tests").path()))
        var paths: [String: [String]] = [:]
        for case let path as String in files where path.hasSuffix(".swift") || path.hasSuffix(".py") {
            paths[URL(filePath: path).deletingPathExtension().lastPathComponent, default: []].append(path)
        }
        let names = Self.names(in: try Self.text(page)[...])
        #expect(names.count > 10)
        for name in Set(names) {
            let parts = name.split(separator: ".").map(String.init)
            let wanted = parts[0].hasPrefix("test_") ? "def test_\(parts[1])(" : "func \(parts[1])("
            let sources = try (paths[parts[0]] ?? []).map { try Self.text("Tests/\($0)") }
            #expect(sources.contains { $0.contains(wanted) }, "\(page) names \(name)")
        }
    }
}
