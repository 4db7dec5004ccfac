import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Plugins and people")
struct UserPluginTests {
    private static let env = """
        "env":[{"key":"TOKEN","label":"Token","secret":true,"required":true},
        {"key":"PIN","label":"PIN","secret":true,"required":true,"default":"default-pin"},
        {"key":"LANGUAGE","label":"Language","default":"en"},{"key":"PROJECT","label":"Project","required":true}]
        """

    /// Writes a plugin before anybody has looked at the folder for a second.
    private func withPlugin(
        _ members: String,
        _ files: [String: String] = [:],
        environment: [String: String] = [:],
        _ body: (Person) async throws -> Void
    ) async throws {
        try await withServer { server in
            try await server.assembly.close()
            let folder = URL(filePath: "\(server.root)/plugins/mine")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let manifest = #"{"name":"mine","displayName":"Mine","version":"1",\#(members)}"#
            let contents = ["plugin.json": manifest, "render.html": "<!doctype html><p>mine"].merging(files) { $1 }
            for (name, text) in contents { try Data(text.utf8).write(to: folder.appending(path: name)) }
            let again = try await server.next(environment)
            try await body(try await again.person("ada@example.org"))
            try await again.assembly.close()
        }
    }

    @Test("people see the same plugins as agents")
    func list() async throws {
        try await withServer { server in
            let (ada, agent) = (try await server.person("a@b.c"), try await server.owner("a@b.c"))
            for path in ["plugins", "plugins/diff-view"] {
                let answer = try await ada.send(.get, path)
                let same = try await agent.send(.get, "/api/v1/\(path)")
                #expect(answer.status == 200 && answer.json == same.json)
            }
        }
    }

    @Test("the page is harmless wherever it is opened: an origin of its own, no network, framed by us alone")
    func page() async throws {
        try await withServer { server in
            let ada = try await server.person("a@b.c")
            let page = try await ada.send(.get, "plugins/checklist/render")
            #expect(page.status == 200 && page.text.hasPrefix("<!doctype html>"))
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(page.headers[values: .contentSecurityPolicy].count == 1)
            let parts = Set(policy.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) })
            #expect(
                parts == [
                    "sandbox allow-scripts", "default-src 'none'", "script-src 'unsafe-inline'",
                    "style-src 'unsafe-inline'", "img-src data: blob:", "font-src data:", "media-src data: blob:",
                    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'",
                ]
            )
            #expect(page.headers[.xContentTypeOptions] == "nosniff")
            #expect(page.headers[.init("referrer-policy")!] == "no-referrer")
            #expect(page.headers[.init("cross-origin-resource-policy")!] == "same-origin")
            for name in ["unknown", "..", "%2e%2e", "checklist%2F..%2Fdiff-view", "Checklist"] {
                #expect(try await ada.send(.get, "plugins/\(name)/render").status == 404, "\(name)")
                #expect(try await ada.send(.get, "plugins/\(name)/icon").status == 404, "\(name)")
                #expect(try await ada.send(.get, "plugins/\(name)/config").status == 404, "\(name)")
            }
        }
    }

    @Test("the page gets the message that asks for it and the settings, in front of its own scripts, and no secret")
    func shown() async throws {
        try await withPlugin(Self.env) { ada in
            let agent = try await ada.server.owner("ada@example.org")
            let channel = agent.channel
            func post(_ more: String) async throws -> String {
                let body = #"{"channelId":"\#(channel)","text":"</script>",\#(more)}"#
                return try #require(try await agent.send(json: body, to: "/api/v1/messages").json["id"]?.text)
            }
            let callback = #""callback":{"url":"https://a.example/","headers":{"x-key":"hush-hush"}}"#
            let mine = try await post(
                #""review":{"type":"freeform","payload":{"plugin":"mine","x":1},\#(callback)}"#
            )
            let others = try await post(#""metadata":{"plugin":"diff-view"}"#)
            _ = try await ada.send(.put, "plugins/mine/config", #"{"config":{"TOKEN":"hush-hush"}}"#)
            let page = try await ada.send(.get, "plugins/mine/render?message=\(mine)")
            #expect(page.status == 200 && page.text.hasSuffix("<!doctype html><p>mine"))
            let json = try #require(page.text.firstMatch(of: /<script type="application\/json">(.*?)<\/script>/)).1
            let shown = try JSONValue(parsing: Array(json.utf8))
            #expect(shown["message"]?["text"] == .string("</script>"))
            #expect(shown["message"]?["review"]?["payload"]?["x"] != nil)
            #expect(shown["env"]?["LANGUAGE"] == .string("en"))
            #expect(!page.text.contains("hush-hush") && !page.text.contains("default-pin"))

            let preview = try await ada.send(.get, "plugins/mine/render")
            #expect(preview.text.contains(#""message":null"#))
            let eve = try await ada.server.person("eve@example.org")
            #expect(try await eve.send(.get, "plugins/mine/render?message=\(mine)").status == 403)
            #expect(try await ada.send(.get, "plugins/mine/render?message=\(others)").status == 400)
            #expect(try await ada.send(.get, "plugins/mine/render?message=none").status == 404)
        }
    }

    @Test("an icon is what its name says, and an SVG runs nothing; a plugin without one is 404")
    func icon() async throws {
        let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        try await withPlugin(#""icon":"icon.SVG""#, ["icon.SVG": svg]) { ada in
            let icon = try await ada.send(.get, "plugins/mine/icon")
            #expect(icon.status == 200 && icon.text == svg)
            #expect(icon.headers[.contentType] == "image/svg+xml")
            #expect(icon.headers[.xContentTypeOptions] == "nosniff")
            let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            #expect(icon.headers[.contentSecurityPolicy] == policy)
            #expect(icon.headers[.init("cross-origin-resource-policy")!] == "same-origin")
        }
        for members in [#""author":"A""#, #""icon":"rocket""#] {
            try await withPlugin(members, ["icon.svg": svg, "rocket": svg]) { ada async throws in
                #expect(try await ada.send(.get, "plugins/mine/icon").status == 404)
            }
        }
        try await withPlugin(#""icon":"./icon.svg""#, ["icon.svg": svg]) { ada async throws in
            #expect(try await ada.send(.get, "plugins/mine/icon").text == svg)
        }
    }

    @Test("settings are each user's own, show the defaults, and what is required and missing")
    func settings() async throws {
        try await withPlugin(Self.env) { ada in
            let fresh = try await ada.send(.get, "plugins/mine/config")
            #expect(
                fresh.json
                    == .object([
                        "config": .object([
                            "TOKEN": .null, "PIN": .string("***"), "LANGUAGE": .string("en"), "PROJECT": .null,
                        ]),
                        "missing": .array([.string("TOKEN"), .string("PROJECT")]),
                    ])
            )
            let json = #"{"config":{"TOKEN":"hush-hush","LANGUAGE":null,"PROJECT":"p"}}"#
            let set = try await ada.send(.put, "plugins/mine/config", json)
            #expect(set.status == 200 && set.json["missing"] == .array([]))
            #expect(try await ada.send(.get, "plugins/mine/config").json == set.json)
            let eve = try await ada.server.person("eve@example.org")
            #expect(try await eve.send(.get, "plugins/mine/config").json == fresh.json)

            let replaced = try await ada.send(.put, "plugins/mine/config", #"{"config":{}}"#)
            #expect(replaced.json == fresh.json)
        }
    }

    @Test("a secret leaves by no answer and no log line; sent back as ***, it stays")
    func secrets() async throws {
        try await withPlugin(Self.env) { ada in
            let index = ada.server.assembly.index
            func stored() async throws -> [String: String] {
                try await index.read { try $0.pluginSettings("mine", userID: ada.userID) }
            }
            func put(_ json: String) async throws -> HTTPReply { try await ada.send(.put, "plugins/mine/config", json) }

            let answers = [
                try await put(#"{"config":{"TOKEN":"hush-hush","PIN":"***"}}"#),
                try await put(#"{"config":{"TOKEN":"***","PIN":"***","PROJECT":"***"}}"#),
                try await ada.send(.get, "plugins/mine/config"), try await ada.send(.get, "plugins/mine"),
                try await ada.send(.get, "plugins"),
                try await put(#"{"config":{"TOKEN":"hush-hush\u0000"}}"#),
                try await put(#"{"config":{"TOKEN":"\#(String(repeating: "hush-hush", count: 300))"}}"#),
            ]
            #expect(answers.map(\.status) == [200, 200, 200, 200, 200, 400, 400])
            #expect(answers.allSatisfy { !$0.text.contains("hush-hush") && !$0.text.contains("default-pin") })
            #expect(try await stored() == ["TOKEN": "hush-hush", "PROJECT": "***"])
            #expect(ada.server.log.lines.allSatisfy { !$0.contains("hush-hush") && !$0.contains("default-pin") })
            _ = try await put(#"{"config":{"PROJECT":"p"}}"#)
            #expect(try await stored() == ["PROJECT": "p"])
        }
    }

    @Test(
        "settings that are not right are 400, name the key, and change nothing",
        arguments: [
            ("{}", ["config"]), (#"{"config":null}"#, ["config"]), (#"{"config":[]}"#, ["config"]),
            (#"{"config":{"OTHER":"a"}}"#, ["config", "OTHER"]), (#"{"config":{"OTHER":null}}"#, ["config", "OTHER"]),
            (#"{"config":{"PROJECT":1}}"#, ["config", "PROJECT"]),
            (#"{"config":{"PROJECT":"\#(String(repeating: "é", count: 2001))"}}"#, ["config", "PROJECT"]),
        ]
    )
    func wrongSettings(json: String, path: [String]) async throws {
        try await withPlugin(Self.env) { ada in
            let long = #"{"config":{"PROJECT":"\#(String(repeating: "é", count: 2000))"}}"#
            let before = try await ada.send(.put, "plugins/mine/config", long)
            #expect(before.status == 200)
            let answer = try await ada.send(.put, "plugins/mine/config", json)
            #expect(answer.status == 400)
            #expect(answer.json["errors"]?.elements.first?["path"]?.elements.compactMap(\.text) == path)
            #expect(try await ada.send(.get, "plugins/mine/config").json == before.json)
        }
    }

    @Test("a page reaches only what its manifest names and the operator has allowed, and nothing inside")
    func network() async throws {
        let asked = #""permissions":{"httpRequests":true,"maxHttpDomains":["api.example.com","localhost"]}"#
        let tests: [(members: String, domains: String, url: String, message: String)] = [
            (#""author":"A""#, "mine:*", "http://localhost:9/", "does not ask for localhost"),
            (#""permissions":{"maxHttpDomains":["*"]}"#, "mine:*", "http://localhost:9/", "does not ask for"),
            (asked, "mine:*", "https://evil.example/", "does not ask for evil.example"),
            (asked, "mine:*", "https://api.example.com.evil.example/", "does not ask for api.example.com.evil"),
            (asked, "", "https://API.example.com/", "PLACET_PLUGIN_DOMAINS=mine:api.example.com"),
            (asked, "other:*,mine:localhost", "https://api.example.com/", "may not reach api.example.com"),
            (asked, "mine:localhost", "http://localhost:9/", "PLACET_WEBHOOK_ALLOW"),
            (
                #""permissions":{"httpRequests":true,"maxHttpDomains":1}"#, "mine:localhost", "http://localhost:9/",
                "not on the public Internet"
            ),
        ]
        for test in tests {
            try await withPlugin(test.members, environment: ["PLACET_PLUGIN_DOMAINS": test.domains]) { ada in
                let answer = try await ada.send(.post, "plugins/mine/fetch", #"{"url":"\#(test.url)"}"#)
                #expect(answer.status == 403, "\(test)")
                #expect(answer.json["message"]?.text?.contains(test.message) == true, "\(answer.text)")
            }
        }
    }

    @Test(
        "a request that cannot be made is 400",
        arguments: [
            "{}", #"{"url":"ftp://a.example/"}"#, #"{"url":"https://u:p@a.example/"}"#, #"{"url":"/api/auth/me"}"#,
            #"{"url":"https://a.example/","method":"CONNECT"}"#, #"{"url":"https://a.example/","body":"not base64"}"#,
            #"{"url":"https://a.example/","headers":{"a b":"c"}}"#, #"{"url":"https://a.example/","headers":["a"]}"#,
            #"{"url":"https://a.example/","body":"\#(String(repeating: "AAAA", count: 349_526))"}"#,
        ]
    )
    func wrongRequests(json: String) async throws {
        try await withPlugin(#""author":"A""#) { ada async throws in
            #expect(try await ada.send(.post, "plugins/mine/fetch", json).status == 400)
        }
    }
}
