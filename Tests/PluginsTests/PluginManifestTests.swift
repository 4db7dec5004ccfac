import API
import Foundation
import HTTP
import JSON
import Testing

@testable import Plugins

@Suite("Manifests and examples")
struct PluginManifestTests {
    private static func shown(_ manifest: PluginManifest?) throws -> JSONValue {
        try JSONValue(parsing: JSONText.bytes(of: #require(manifest)))
    }

    @Test("a manifest is shown with what it says, its schema kept exactly, and with what it leaves out")
    func shown() async throws {
        try await withPlugins { plugins in
            try plugins.add("small")
            try plugins.write("full/icon.svg", "<svg/>")
            let schema = #"{"type":"object","maxProperties":3,"x":2.5,"deep":[null,true,{"a":"é"}]}"#
            try plugins.add(
                "full",
                #""author":"Ada","icon":"icon.svg","other":1,"permissions":{"httpRequests":true,"maxHttpDomains":2},"#
                    + #""inputSchema":\#(schema),"env":[{"key":"URL","label":"Address","default":"x","required":true}]"#
            )
            let manifests = await plugins.catalogue.manifests()
            let full = """
                {"name":"full","displayName":"A plugin","version":"1","description":null,"author":"Ada",
                "icon":"icon.svg","inputSchema":\(schema),"permissions":{"httpRequests":true,"maxHttpDomains":2},
                "env":[{"key":"URL","label":"Address","required":true,"default":"x","secret":false,"description":null}]}
                """
            #expect(try Self.shown(manifests["full"]) == JSONValue(text: full))
            let small = """
                {"name":"small","displayName":"A plugin","version":"1","description":null,"author":null,"icon":null,
                "inputSchema":null,"permissions":{"httpRequests":false,"maxHttpDomains":0},"env":[]}
                """
            #expect(try Self.shown(manifests["small"]) == JSONValue(text: small))
            #expect(plugins.log.lines.isEmpty)
        }
    }

    @Test(
        "what the manifests of other servers' plugins say loads too",
        arguments: [
            (#""icon":"./icon.svg""#, "icon", #""icon.svg""#), (#""icon":"rocket""#, "icon", #""rocket""#),
            (#""icon":"lucide:file-diff""#, "icon", #""lucide:file-diff""#), (#""icon":"🚀""#, "icon", #""🚀""#),
            (
                #""permissions":{"maxHttpDomains":["api.example.com","*.example.org:8443"]}"#, "permissions",
                #"{"httpRequests":false,"maxHttpDomains":["api.example.com","*.example.org:8443"]}"#
            ),
            (
                #""permissions":{"httpRequests":true,"maxHttpDomains":["*"]}"#, "permissions",
                #"{"httpRequests":true,"maxHttpDomains":["*"]}"#
            ),
            (#""permissions":{"maxHttpDomains":[]}"#, "permissions", #"{"httpRequests":false,"maxHttpDomains":[]}"#),
        ]
    )
    func fromElsewhere(members: String, name: String, shown: String) async throws {
        try await withPlugins { plugins in
            try plugins.write("mine/icon.svg", "<svg/>")
            try plugins.add("mine", members)
            let manifest = try Self.shown(await plugins.catalogue.manifests()["mine"])
            let expected = try JSONValue(text: shown)
            #expect(manifest[name] == expected, "\(plugins.log.lines)")
        }
    }

    @Test("the default of a secret is not shown")
    func secret() async throws {
        try await withPlugins { plugins in
            try plugins.add(
                "keeps",
                #""env":[{"key":"TOKEN","label":"Token","secret":true,"default":"hush"},"#
                    + #"{"key":"HOST","label":"Host","secret":false,"default":"open"}]"#
            )
            let shown = try Self.shown(await plugins.catalogue.manifests()["keeps"]).encoded()
            #expect(!shown.contains("hush") && shown.contains("TOKEN") && shown.contains("open"))
        }
    }

    @Test("the examples are whole plugins, written where there is no folder yet")
    func examples() async throws {
        try await withPlugins { plugins in
            try plugins.removeFolder()
            try ExamplePlugins.install(at: plugins.folder)
            #expect(await plugins.names == ["checklist", "diff-view"])
            #expect(plugins.log.lines.isEmpty)
        }
    }

    @Test("a folder that exists is the operator's: nothing in it is overwritten, nothing deleted comes back")
    func examplesStayAway() async throws {
        try await withPlugins { plugins in
            try plugins.removeFolder()
            try ExamplePlugins.install(at: plugins.folder)
            try plugins.remove("checklist")
            try plugins.write("diff-view/render.html", "mine")
            try ExamplePlugins.install(at: plugins.folder)
            #expect(await plugins.names == ["diff-view"])
            #expect(try String(contentsOfFile: plugins.path("diff-view/render.html"), encoding: .utf8) == "mine")
        }
    }

    @Test("an installation that was cut off is begun again")
    func examplesAfterACrash() async throws {
        try await withPlugins { plugins in
            try plugins.removeFolder()
            let unfinished = "\(plugins.root)/plugins.new/diff-view"
            try FileManager.default.createDirectory(atPath: unfinished, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(fileURLWithPath: unfinished + "/plugin.json"))
            try ExamplePlugins.install(at: plugins.folder)
            #expect(await plugins.names == ["checklist", "diff-view"])
        }
    }
}
