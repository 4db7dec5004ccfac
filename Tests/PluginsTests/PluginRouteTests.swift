import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Plugins")
struct PluginRouteTests {
    @Test("the examples are there at the first start, sorted by name, each also alone")
    func examples() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let list = try await owner.send(.get, "/api/v1/plugins")
            #expect(list.status == 200)
            #expect(list.json.elements.map { $0["name"]?.text } == ["checklist", "diff-view"])
            for manifest in list.json.elements {
                let name = try #require(manifest["name"]?.text)
                let alone = try await owner.send(.get, "/api/v1/plugins/\(name)")
                #expect(alone.status == 200 && alone.json == manifest)
                #expect(manifest["inputSchema"]?["type"] == .string("object"))
                #expect(manifest["icon"] == .string("icon.svg"))
            }
            #expect(server.log.lines.filter { $0.contains("plugin left out") }.isEmpty)
        }
    }

    @Test(
        "a plugin that is not there is 404, whatever its name",
        arguments: [
            "unknown", "Checklist", "..", "%2e%2e%2fchecklist", "checklist%00", "checklist%2Fplugin.json", "%FF",
        ]
    )
    func unknown(name: String) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            #expect(try await owner.send(.get, "/api/v1/plugins/\(name)").status == 404)
        }
    }

    @Test("a broken plugin is logged at the start and left out; the next start brings back none that was deleted")
    func nextStart() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            try await server.assembly.close()
            try FileManager.default.removeItem(atPath: "\(server.root)/plugins/checklist")
            try FileManager.default.removeItem(atPath: "\(server.root)/plugins/diff-view/render.html")

            let log = Log()
            let again = try await server.next(log: log)
            #expect(log.lines.filter { $0.contains("plugin left out") && $0.contains("plugin=diff-view") }.count == 1)
            let answer = try await again.send(.get, "/api/v1/plugins", [.apiKey: owner.key])
            #expect(answer.json == .array([]))
            try await again.assembly.close()
        }
    }
}
