import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

extension Person {
    /// Uploads a picture for an agent.
    fileprivate func setAvatar(of agentID: String, _ form: Form) async throws -> HTTPReply {
        let headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: form.contentType]
        return try await server.send(.post, "/api/agents/\(agentID)/avatar", headers, body: form.body)
    }
}

@Suite("Pictures of agents")
struct AvatarTests {
    private static let maxBytes = 1 << 20

    private func withAgent(_ body: (Person, String) async throws -> Void) async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            try await body(ada, try await server.owner("ada@example.org").channel)
        }
    }

    @Test(
        "a picture is told by its bytes, whatever it is called, and comes back as that and as nothing else",
        arguments: [
            ("pixel.png", "image/png"), ("photo.jpg", "image/jpeg"), ("pixel.gif", "image/gif"),
            ("photo.webp", "image/webp"), ("gif-html.gif", "image/gif"), ("gif-js.gif", "image/gif"),
        ]
    )
    func picture(name: String, type: String) async throws {
        try await withAgent { ada, agent async throws in
            #expect(try await ada.send(.get, "agents/\(agent)/avatar").status == 404)
            let bytes = try sample(name)
            let form = Form(.file(bytes, "a.html", type: "text/html", name: "any"))
            let changed = try await ada.setAvatar(of: agent, form)
            let url = try #require(changed.json["avatarUrl"]?.text, "\(changed.text)")
            #expect(changed.status == 200 && url.hasPrefix("/api/agents/\(agent)/avatar?v="))
            let shown = try await ada.send(.get, String(url.dropFirst("/api/".count)))
            #expect(shown.status == 200 && Array(buffer: shown.body) == bytes)
            #expect(shown.headers[.contentType] == type)
            #expect(shown.headers[.xContentTypeOptions] == "nosniff")
            #expect(shown.headers[.contentSecurityPolicy] == "default-src 'none'; sandbox")
            #expect(shown.headers[.init("cross-origin-resource-policy")!] == "same-origin")
            #expect(shown.headers[.cacheControl] == "private, max-age=3600")
            let agents = try await ada.server.assembly.index.read { try $0.agents(userID: ada.userID, limit: 9).rows }
            #expect(agents.map(\.avatarURL) == [url])
        }
    }

    @Test(
        "what is no picture of pixels is 415, an SVG too, and changes nothing",
        arguments: ["plain.svg", "page.html", "page.pdf", "empty", "random.bin", "photo.bmp", "app.js"]
    )
    func noPicture(name: String) async throws {
        try await withAgent { ada, agent async throws in
            let bytes = try sample(name)
            let answer = try await ada.setAvatar(of: agent, Form(.file(bytes, "a.png", type: "image/png")))
            #expect(answer.status == 415 && answer.json["message"]?.text?.contains("PNG") == true, "\(answer.text)")
            #expect(try await ada.send(.get, "agents/\(agent)/avatar").status == 404)
        }
    }

    @Test("what could run is no picture either when blanks, comments or another encoding hide it")
    func hiddenMarkup() async throws {
        let svg = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        let page = "<html><script>alert(1)</script></html>"
        let hidden = [
            Data("\u{feff}\(svg)".utf8), Data((String(repeating: "<!-- x -->", count: 200) + svg).utf8),
            Data((String(repeating: " \n", count: 2000) + page).utf8), try #require(page.data(using: .utf16)),
        ]
        try await withAgent { ada, agent async throws in
            for content in hidden {
                let form = Form(.file(Array(content), "me.png", type: "image/png"))
                #expect(try await ada.setAvatar(of: agent, form).status == 415)
                #expect(try await ada.send(.get, "agents/\(agent)/avatar").status == 404)
            }
        }
    }

    @Test("what was read of an agent can be sent back: the address of its picture is no change, another one is")
    func sentBack() async throws {
        try await withAgent { ada, agent async throws in
            let made = try await ada.setAvatar(of: agent, Form(.file(try sample("pixel.png"), "a.png")))
            let url = try #require(made.json["avatarUrl"]?.text)
            for given in [url, "/api/agents/\(agent)/avatar?v=1"] {
                let changed = try await ada.send(.patch, "agents/\(agent)", #"{"name":"b","avatarUrl":"\#(given)"}"#)
                #expect(changed.status == 200 && changed.json["avatarUrl"] == .string(url), "\(changed.text)")
            }
            #expect(try await ada.send(.get, "agents/\(agent)/avatar").status == 200)
            for other in ["/api/agents/x/avatar?v=1", "/api/agents/\(agent)", "//evil.example"] {
                #expect(try await ada.send(.patch, "agents/\(agent)", #"{"avatarUrl":"\#(other)"}"#).status == 400)
            }
        }
    }

    @Test("the limit of 1 MiB is inclusive; beyond it, or with much around the picture, it is 413")
    func size() async throws {
        let picture = try sample("pixel.png")
        func padded(_ count: Int) -> [UInt8] { picture + [UInt8](repeating: 0, count: count - picture.count) }
        let tooMuch = [UInt8](repeating: 0x61, count: 70_000)
        try await withAgent { ada, agent async throws in
            #expect(try await ada.setAvatar(of: agent, Form(.file(padded(Self.maxBytes), "a"))).status == 200)
            let forms = [
                Form(.file(padded(Self.maxBytes + 1), "a")),
                Form(.field("about", tooMuch), .file(padded(Self.maxBytes), "a")),
            ]
            for form in forms { #expect(try await ada.setAvatar(of: agent, form).status == 413) }
            #expect(try await ada.send(.get, "agents/\(agent)/avatar").body.readableBytes == Self.maxBytes)
        }
    }

    @Test("a form without a file, with two, or cut short is 400; what is no form is 415")
    func forms() async throws {
        let picture = try sample("pixel.png")
        try await withAgent { ada, agent async throws in
            let none = try await ada.setAvatar(of: agent, Form(.field("file", picture)))
            #expect(none.status == 400 && none.faults == ["file"])
            let two = try await ada.setAvatar(of: agent, Form(.file(picture, "a"), .file(picture, "b")))
            #expect(two.status == 400 && two.faults == ["file"])
            var cut = Form(.file(picture, "a"))
            cut.body.moveWriterIndex(to: cut.body.writerIndex - 10)
            #expect(try await ada.setAvatar(of: agent, cut).status == 400)
            var plain = Form(.file(picture, "a"))
            plain.contentType = "image/png"
            #expect(try await ada.setAvatar(of: agent, plain).status == 415)
            let beside = Form(.field("x", [1]), .file(picture, "a"), .field("y", [2]))
            #expect(try await ada.setAvatar(of: agent, beside).status == 200)
        }
    }

    @Test("deleting takes away what was uploaded, not an address elsewhere, which in turn ends an upload")
    func removal() async throws {
        try await withAgent { ada, agent async throws in
            let server = ada.server
            let key = try #require(try await ada.send(.post, "api-keys", "{}").json["key"]?.text)
            func rename(_ json: String) async throws -> JSONValue {
                let body = ByteBuffer(string: json)
                return try await server.send(.patch, "/api/v1/agents/\(agent)", [.apiKey: key], body: body).json
            }
            func isThere() async throws -> Bool {
                try await ada.send(.get, "agents/\(agent)/avatar").status == 200
            }
            let form = Form(.file(try sample("pixel.png"), "a.png"))

            #expect(try await ada.setAvatar(of: agent, form).status == 200)
            let kept = try await rename(#"{"name":"b"}"#)
            #expect(try await isThere() && kept["avatarUrl"]?.text?.contains("?v=") == true)
            let removed = try await ada.send(.delete, "agents/\(agent)/avatar")
            #expect(removed.status == 200 && removed.json["avatarUrl"] == .null)
            #expect(try await isThere() == false)

            #expect(try await ada.setAvatar(of: agent, form).status == 200)
            let elsewhere = JSONValue.string("https://example.org/a.png")
            #expect(try await rename(#"{"avatarUrl":"https://example.org/a.png"}"#)["avatarUrl"] == elsewhere)
            #expect(try await isThere() == false)
            #expect(try await ada.send(.delete, "agents/\(agent)/avatar").json["avatarUrl"] == elsewhere)

            #expect(try await ada.setAvatar(of: agent, form).status == 200)
            #expect(try await rename(#"{"avatarUrl":null}"#)["avatarUrl"] == .null)
            #expect(try await isThere() == false)
        }
    }
}
