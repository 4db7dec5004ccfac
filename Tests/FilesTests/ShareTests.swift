import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Share links")
struct ShareTests {
    @Test("whoever has the link gets the bytes as a download, whatever they are, until it is ended")
    func lifecycle() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let page = "<!doctype html><script>alert(1)</script>"
            let id = try #require(try await agent.store(Array(page.utf8), "page.html")["id"]?.text)
            let made = try await ada.send(.get, "files/\(id)/share", nil, [.init("x-forwarded-proto")!: "https"])
            #expect(made.status == 200 && made.json["expiresIn"] == .integer(3600))
            #expect(made.headers[.cacheControl] == "no-store")
            let link = try #require(made.json["url"]?.text?.path)

            let answer = try await server.send(.get, link)
            #expect(answer.status == 200 && answer.text == page)
            #expect(answer.headers[.contentDisposition]?.hasPrefix("attachment;") == true)
            let policy = answer.headers[.contentSecurityPolicy] ?? ""
            #expect(policy.contains("sandbox") && policy.contains("default-src 'none'") && !policy.contains("allow-"))
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(answer.headers[.init("referrer-policy")!] == "no-referrer")
            #expect(answer.headers[.setCookie] == nil)
            #expect(
                try await server.send(.get, link + "?disposition=inline").headers[.contentDisposition]?
                    .hasPrefix("attachment;") == true
            )
            #expect(try await server.send(.head, link).headers[.contentLength] == "\(page.utf8.count)")
            #expect(try await server.send(.get, link, [.range: "bytes=-9"]).text == "</script>")

            #expect(
                try await ada.send(.head, "files/\(id)/share").status == 200,
                "makes no link, which it could not tell"
            )
            let list = try await ada.send(.get, "files/\(id)/shares").json.elements
            #expect(list.count == 1 && list[0].names == ["id", "createdAt", "expiresAt"])
            let share = try #require(list[0]["id"]?.text)
            #expect(
                try await ada.send(.delete, "files/\(id)/shares/\(share)").json == .object(["deleted": .bool(true)])
            )
            #expect(try await ada.send(.delete, "files/\(id)/shares/\(share)").status == 404)
            #expect(try await server.send(.get, link).status == 404)
        }
    }

    @Test("making a link is a GET that other sites cannot send")
    func crossSite() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let path = "/api/files/\(try await agent.storedID("mine"))/share"
            let page = "text/html,*/*;q=0.8"
            for (headers, status) in [
                ([.init("sec-fetch-site")!: "cross-site", .accept: page], 403), ([.accept: page], 403),
                ([.init("sec-fetch-site")!: "same-origin"], 200), ([:], 200),
            ] as [(HTTPFields, Int)] {
                var headers = headers
                headers[.cookie] = "access_token=\(ada.token)"
                #expect(try await server.send(.get, path, headers).status == status, "\(headers)")
            }
            #expect(try await ada.send(.get, String(path.dropFirst(5)) + "s").json.elements.count == 2)
        }
    }

    @Test("a link is ended alone, by way of its own file, and the newest is listed first")
    func revoked() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let (id, other) = (try await agent.storedID("mine"), try await agent.storedID("other"))
            let (first, second) = (try await ada.link(id), try await ada.link(id))
            let shares = try await ada.send(.get, "files/\(id)/shares").json.elements.compactMap { $0["id"]?.text }
            try #require(shares.count == 2)
            let oldest = shares[1]
            #expect(oldest < shares[0])
            #expect(try await ada.send(.delete, "files/\(other)/shares/\(oldest)").status == 404)
            #expect(try await server.send(.get, first).status == 200)
            #expect(try await ada.send(.delete, "files/\(id)/shares/\(oldest)").status == 200)
            for method in [HTTPRequest.Method.get, .head] {
                #expect(try await server.send(method, first).status == 404)
                #expect(try await server.send(method, second).status == 200)
            }
            let left = try await ada.send(.get, "files/\(id)/shares").json.elements
            #expect(left.map { $0["id"]?.text } == [shares[0]])
        }
    }

    @Test("a link that is bent, has expired, or whose file or channel is gone leads nowhere")
    func dead() async throws {
        try await withServer { server in
            let (ada, agent, other) = try await server.personWithTwoChannels()
            let (kept, deleted) = (try await agent.storedID("kept"), try await agent.storedID("deleted"))
            let inOther = try await other.storedID("other")
            let links = [try await ada.link(kept), try await ada.link(deleted), try await ada.link(inOther)]
            for link in links { #expect(try await server.send(.get, link).status == 200) }

            let token = String(links[0].dropFirst("/api/share/".count))
            let made = try await ada.send(.get, "files/\(kept)/shares").json.elements.first?["id"]?.text
            let forged: [String] = [
                token + "A", String(token.dropLast()), token.replacing("hl_", with: "hs_"), "x", kept,
                String(token.map { $0.isUppercase ? Character($0.lowercased()) : Character($0.uppercased()) }),
                "hl_" + ada.token.dropFirst(3), "hl_" + agent.key.dropFirst(3), try #require(made),
                "'%20OR%201=1--", "hl_" + String(repeating: "%25", count: 40), token + "%00",
                String(repeating: token, count: 10),
            ]
            for bent in forged.map({ "/api/share/\($0)" }) {
                let answer = try await server.send(.get, bent)
                #expect(answer.status == 404 && !answer.text.contains("kept"))
            }
            #expect(try await ada.send(.delete, "files/\(deleted)").status == 200)
            #expect(try await server.send(.get, links[1]).status == 404)
            #expect(try await ada.send(.get, "files/\(deleted)/shares").status == 404)
            _ = try await other.send(.delete, "/api/v1/agents/\(other.channel)")
            #expect(try await server.send(.get, links[2]).status == 404)
            // Nor do the same bytes, stored again, bring a dead link back.
            _ = try await agent.storedID("deleted")
            #expect(try await server.send(.get, links[1]).status == 404)

            let sent = try await agent.send(Form(.channel(agent.channel), .file([1], "a")), to: "upload").json
            let (file, message) = (try #require(sent["id"]?.text), try #require(sent["messageId"]?.text))
            let inMessage = try await ada.link(file)
            #expect(try await server.send(.get, inMessage).status == 200)
            #expect(try await agent.send(.delete, "/api/v1/messages/\(message)?channel=\(agent.channel)").status == 200)
            #expect(try await server.send(.get, inMessage).status == 404)

            let index = server.assembly.index
            let end = try #require(try await index.read { try $0.nextShareEnd() })
            let lifetime = end.milliseconds - Timestamp.now().milliseconds
            #expect(lifetime > 3_500_000 && lifetime <= 3_600_000)
            let hash = try #require(Secret(token, .share)).hash
            #expect(try await index.read { try $0.sharedFile(hash: hash, now: end + .seconds(-1)) } != nil)
            #expect(try await index.read { try $0.sharedFile(hash: hash, now: end) } == nil)
        }
    }

    @Test("no secret opens what is another's to open: link, session and key are three things")
    func kinds() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let id = try await agent.storedID("mine")
            let token = String(try await ada.link(id).dropFirst("/api/share/".count))
            for secret in [ada.token, agent.key, agent.keyID, id] {
                #expect(try await server.send(.get, "/api/share/\(secret)").status == 404)
            }
            let renamed = token.dropFirst(3)
            for headers: HTTPFields in [
                [.authorization: "Bearer \(token)"], [.cookie: "access_token=\(token)"], [.apiKey: token],
                [.authorization: "Bearer hs_\(renamed)"], [.cookie: "access_token=hs_\(renamed)"],
                [.apiKey: "hp_\(renamed)"],
            ] {
                for path in ["/api/v1/agents", "/api/auth/me", "/api/files"] {
                    #expect(try await server.send(.get, path, headers).status == 401, "\(headers) \(path)")
                }
            }
        }
    }

    @Test("a hundred links to a file may be good at a time")
    func bounded() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let id = try await agent.storedID("mine")
            for _ in 0..<100 { _ = try await ada.link(id) }
            #expect(try await ada.send(.get, "files/\(id)/share").status == 409)
            let shares = try await ada.send(.get, "files/\(id)/shares").json.elements
            _ = try await ada.send(.delete, "files/\(id)/shares/\(shares[0]["id"]?.text ?? "")")
            #expect(try await ada.send(.get, "files/\(id)/share").status == 200)
        }
    }
}

extension String {
    /// What of a share link follows the host.
    fileprivate var path: String? { firstMatch(of: /\/api\/share\/hl_.+/).map { String($0.output) } }
}

extension Person {
    /// The path of a new link to a file.
    fileprivate func link(_ id: String) async throws -> String {
        try #require(try await send(.get, "files/\(id)/share").json["url"]?.text?.path)
    }
}
