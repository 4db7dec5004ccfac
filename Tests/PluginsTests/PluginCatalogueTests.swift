import API
import Foundation
import Glibc
import HTTP
import Testing

@testable import Plugins

@Suite("The plugins of a folder")
struct PluginCatalogueTests {
    /// What makes a plugin broken, and a part of what the log then says.
    struct Break: Sendable, CustomTestStringConvertible {
        let name: String
        let problem: String
        let apply: @Sendable (TestPlugins) throws -> Void

        init(_ name: String, _ problem: String, _ apply: @escaping @Sendable (TestPlugins) throws -> Void) {
            (self.name, self.problem, self.apply) = (name, problem, apply)
        }

        var testDescription: String { name }

        /// One whose manifest is wrong in `members`.
        static func manifest(_ members: String, _ problem: String) -> Break {
            Break(members, problem) { try $0.add("broken", members) }
        }

        /// One whose manifest is this text.
        static func text(_ text: String, _ problem: String) -> Break {
            Break(String(text.prefix(40)), problem) {
                try $0.add("broken")
                try $0.write("broken/plugin.json", text)
            }
        }
    }

    static let manifests: [Break] = [
        .text("", "not valid JSON"), .text("{", "not valid JSON"), .text("[]", "not a JSON object"),
        .text(String(repeating: "[", count: 200), "not valid JSON"), .text("{}", "name: is required"),
        .text(#"{"name":"broken","version":"1"}"#, "displayName: is required"),
        .text(#"{"name":"broken","displayName":"B"}"#, "version: is required"),
        .text(#"{"name":"broken","displayName":"B","version":1}"#, "version: must be a string"),
        .text(#"{"name":"broken","displayName":"","version":"1"}"#, "displayName: must have at least"),
        .text(#"{"name":"other","displayName":"B","version":"1"}"#, "must be the name of the folder"),
        .text(#"{"name":"../broken","displayName":"B","version":"1"}"#, "name: must be lower-case words"),
        .text(#"{"name":"..","displayName":"B","version":"1"}"#, "name: must be lower-case words"),
        .text(#"{"name":"Broken","displayName":"B","version":"1"}"#, "name: must be lower-case words"),
        .manifest(#""description":3"#, "description: must be a string"), .manifest(#""author":null"#, "author"),
        .manifest(#""description":"a\u0000""#, "U+0000"),
        .manifest(#""inputSchema":[]"#, "inputSchema: must be an object"),
        .manifest(#""permissions":true"#, "permissions: must be an object"),
        .manifest(#""permissions":{"httpRequests":"yes"}"#, "permissions.httpRequests: must be true or false"),
        .manifest(#""permissions":{"maxHttpDomains":1.5}"#, "permissions.maxHttpDomains: must be a whole number"),
        .manifest(#""permissions":{"maxHttpDomains":-1}"#, "permissions.maxHttpDomains: must be a whole number"),
        .manifest(#""env":{}"#, "env: must be an array"), .manifest(#""env":["A"]"#, "env.0: must be an object"),
        .manifest(#""env":[{"key":"A","label":"a"},{"label":"b"}]"#, "env.1.key: is required"),
        .manifest(#""env":[{"key":"A"}]"#, "env.0.label: is required"),
        .manifest(#""env":[{"key":"A","label":"a","secret":1}]"#, "env.0.secret: must be true or false"),
        .manifest(#""env":[{"key":"A","label":"a","default":1}]"#, "env.0.default: must be a string"),
        .manifest(#""env":[{"key":"A","label":"a"},{"key":"A","label":"b"}]"#, "env: must not repeat a key"),
        .manifest(#""icon":"../icon.png""#, "icon: must be the name of an image"),
        .manifest(#""icon":"/etc/icon.png""#, "icon: must be the name"),
        .manifest(#""icon":"a\\icon.png""#, "icon: must be the name"),
        .manifest(#""icon":"..""#, "icon: must be the name"),
        .manifest(#""icon":"plugin.json""#, "icon: must be the name"),
        .manifest(#""icon":".png""#, "icon: must be the name"),
        .manifest(#""icon":"icon.png""#, "icon.png cannot be opened"),
        .manifest(#""icon":"./icon.png""#, "icon.png cannot be opened"),
        .manifest(#""icon":"././icon.png""#, "icon: must be the name"),
        .manifest(#""icon":"./plugin.json""#, "icon: must be the name"),
        .manifest(#""permissions":{"maxHttpDomains":[1]}"#, "permissions.maxHttpDomains: must be an array of strings"),
        .manifest(#""permissions":{"maxHttpDomains":["a b"]}"#, "permissions.maxHttpDomains: must list domains"),
        .manifest(#""permissions":{"maxHttpDomains":[""]}"#, "permissions.maxHttpDomains: must list domains"),
        .manifest(#""permissions":{"maxHttpDomains":101}"#, "permissions.maxHttpDomains: must be a whole number"),
    ]

    static let files: [Break] = [
        Break("no plugin.json", "plugin.json cannot be opened") { try $0.write("broken/render.html", "") },
        Break("no render.html", "render.html cannot be opened") {
            try $0.add("broken")
            try $0.remove("broken/render.html")
        },
        Break("a manifest over 64 KiB", "plugin.json is larger") {
            try $0.add("broken", #""inputSchema":{"a":"\#(String(repeating: "a", count: 65_536))"}"#)
        },
        Break("a page over 1 MiB", "render.html is larger") {
            try $0.add("broken")
            try $0.write("broken/render.html", String(repeating: "a", count: 1_048_577))
        },
        Break("a folder that is a link", "links are not followed") {
            try $0.add("broken")
            try $0.replaceByLink($0.path("broken"))
        },
        Break("a manifest that is a link", "plugin.json is a link") {
            try $0.add("broken")
            try $0.replaceByLink($0.path("broken/plugin.json"))
        },
        Break("a page that is a link", "render.html is a link") {
            try $0.add("broken")
            try $0.replaceByLink($0.path("broken/render.html"))
        },
        Break("an icon that is a link", "icon.png is a link") {
            try $0.add("broken", #""icon":"icon.png""#)
            try $0.write("broken/icon.png", "")
            try $0.replaceByLink($0.path("broken/icon.png"))
        },
        Break("an icon over 1 MiB", "icon.png is larger") {
            try $0.add("broken", #""icon":"icon.png""#)
            try $0.write("broken/icon.png", String(repeating: "a", count: 1_048_577))
        },
        Break("a link to nowhere", "links are not followed") {
            try FileManager.default.createSymbolicLink(atPath: $0.path("broken"), withDestinationPath: "nowhere")
        },
        Break("a file in place of the folder", "is not a folder") { try $0.write("broken", "") },
        Break("a folder in place of the page", "render.html is not a regular file") {
            try $0.add("broken")
            try $0.remove("broken/render.html")
            try $0.write("broken/render.html/x", "")
        },
        Break("a named pipe in place of the manifest", "plugin.json is not a regular file") {
            try $0.add("broken")
            try $0.remove("broken/plugin.json")
            #expect(mkfifo($0.path("broken/plugin.json"), 0o600) == 0)
        },
    ]

    @Test("a broken plugin is left out, its neighbour is not, and the log says why, once", arguments: manifests + files)
    func broken(_ broken: Break) async throws {
        try await withPlugins { plugins in
            try broken.apply(plugins)
            try plugins.add("whole")
            for _ in 0..<3 { #expect(await plugins.names == ["whole"]) }
            #expect(plugins.log.lines.count == 1)
            let line = try #require(plugins.log.lines.first)
            #expect(line.hasPrefix("broken: ") && line.contains(broken.problem), "\(line)")
            #expect(!line.contains(plugins.root))
        }
    }

    @Test(
        "a folder whose name is not kebab-case is left out",
        arguments: ["Upper", "under_score", "-a", "a-", "a--b", "é", "a b", "a.b"]
    )
    func folderNames(name: String) async throws {
        try await withPlugins { plugins in
            try plugins.add(name)
            #expect(await plugins.names.isEmpty)
            #expect(plugins.log.lines.first?.contains("lower-case words") == true)
        }
    }

    @Test("limits are inclusive: a manifest of 64 KiB and a page of 1 MiB are read")
    func limits() async throws {
        try await withPlugins { plugins in
            try plugins.add("large")
            let start = #"{"name":"large","displayName":"A","version":"1"}"#
            try plugins.write("large/plugin.json", start + String(repeating: " ", count: 65_536 - start.utf8.count))
            try plugins.write("large/render.html", String(repeating: "a", count: 1_048_576))
            #expect(await plugins.names == ["large"])
        }
    }

    @Test("page and icon are read as they are now, up to 1 MiB each; one that has become a link or too large is not")
    func reading() async throws {
        try await withPlugins { made in
            // Looked at once: what is read afterwards is judged anew.
            let plugins = TestPlugins(root: made.root, freshness: .seconds(3600))
            let catalogue = plugins.catalogue
            try plugins.add("mine", #""icon":"icon.png""#)
            try plugins.write("mine/icon.png", "an icon")
            let manifest = try #require(await catalogue.manifests()["mine"])
            #expect(try await catalogue.icon(of: manifest) == Array("an icon".utf8))
            #expect(try await catalogue.page(of: "mine") == Array("<!doctype html>".utf8))
            for name in ["render.html", "icon.png"] {
                try plugins.write("mine/\(name)", String(repeating: "b", count: 1_048_576))
            }
            #expect(try await catalogue.icon(of: manifest)?.count == 1_048_576)
            #expect(try await catalogue.page(of: "mine")?.count == 1_048_576)
            for name in ["render.html", "icon.png"] {
                try plugins.write("mine/\(name)", String(repeating: "b", count: 1_048_577))
            }
            #expect(try await catalogue.icon(of: manifest) == nil)
            #expect(try await catalogue.page(of: "mine") == nil)
            for name in ["render.html", "icon.png"] {
                try plugins.remove("mine/\(name)")
                try plugins.write("../elsewhere/\(name)", "a secret")
                try FileManager.default.createSymbolicLink(
                    atPath: plugins.path("mine/\(name)"),
                    withDestinationPath: "\(plugins.root)/elsewhere/\(name)"
                )
            }
            #expect(try await catalogue.icon(of: manifest) == nil)
            #expect(try await catalogue.page(of: "mine") == nil)
            #expect(try await catalogue.page(of: "../plugins/mine") == nil)
        }
    }

    @Test("a plugin is seen when it is complete, mended, broken, or gone, without a restart")
    func hot() async throws {
        try await withPlugins { plugins in
            #expect(await plugins.names == [])
            try plugins.write("late/plugin.json", #"{"name":"late","displayName":"L","version":"1"}"#)
            #expect(await plugins.names == [])
            try plugins.write("late/render.html", "")
            #expect(await plugins.names == ["late"])
            // In place, so that neither folder changes.
            let handle = try #require(FileHandle(forUpdatingAtPath: plugins.path("late/plugin.json")))
            try handle.truncate(atOffset: 3)
            #expect(await plugins.names == [])
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data(#"{"name":"late","displayName":"Mended","version":"1"}"#.utf8))
            #expect(await plugins.catalogue.manifests()["late"]?.displayName == "Mended")
            try plugins.remove("late")
            #expect(await plugins.names == [])
            #expect(plugins.log.lines.map { $0.prefix(18) } == ["late: render.html ", "late: plugin.json "])
        }
    }

    @Test("a broken plugin that breaks in another way is logged again")
    func loggedWhenItChanges() async throws {
        try await withPlugins { plugins in
            try plugins.add("late", #""author":1"#)
            #expect(await plugins.names == [])
            try plugins.add("late", #""author":1,"version":"2""#)
            #expect(await plugins.names == [])
            #expect(plugins.log.lines.count == 1)
            try plugins.add("late", #""env":1"#)
            #expect(await plugins.names == [])
            #expect(plugins.log.lines.count == 2)
        }
    }

    @Test("an answer is good for its time, and those who ask at once get the same look")
    func fresh() async throws {
        try await withPlugins { made in
            let plugins = TestPlugins(root: made.root, freshness: .seconds(3600))
            try plugins.add("first")
            #expect(await plugins.names == ["first"])
            try plugins.add("second")
            #expect(await plugins.names == ["first"])
        }
    }

    @Test("of more than 256 plugins the first by name are read")
    func count() async throws {
        try await withPlugins { plugins in
            for number in 0...PluginCatalogue.maxPlugins { try plugins.add("p\(1000 + number)") }
            let names = await plugins.names
            #expect(names.count == PluginCatalogue.maxPlugins && names.last == "p1255")
            #expect(plugins.log.lines.map { $0.prefix(9) } == [".: there "])
        }
    }

    @Test("a folder of plugins that is missing, or a link, has none and says so")
    func noFolder() async throws {
        try await withPlugins { plugins in
            try plugins.removeFolder()
            #expect(await plugins.names == [])
            #expect(plugins.log.lines.count == 1)
        }
        try await withPlugins { plugins in
            try plugins.add("a")
            try plugins.replaceByLink(plugins.folder)
            #expect(await plugins.names == [])
            #expect(plugins.log.lines.count == 1)
        }
    }

    @Test("hidden files are nobody's plugin and nobody's problem")
    func hidden() async throws {
        try await withPlugins { plugins in
            try plugins.write(".gitkeep", "")
            try plugins.add(".hidden")
            #expect(await plugins.names == [])
            #expect(plugins.log.lines.isEmpty)
        }
    }
}
