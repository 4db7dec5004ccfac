import App
import Crypto
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@testable import Notices

@Suite("People hear of a question")
struct NoticeStoryTests {
    private static let options = #"""
        {"type":"approval","payload":{"options":[{"id":"no","label":"Drop it","style":"danger"},
        {"id":"more","label":"Say why","fields":[{"name":"why","type":"text"}]},{"id":"a","label":"Approve"},
        {"id":"b","label":"Later"},{"id":"c","label":"Never"}]},"expiresInSeconds":600}
        """#

    private func asked(_ agent: Owner, _ text: String = "Deploy?") async throws -> String {
        let answer = try await agent.post(#""text":"\#(text)","review":\#(Self.options)"#)
        return try #require(answer.json["id"]?.text)
    }

    private func answered(_ id: String, by person: Person) async throws {
        let answer = try await person.send(.post, "messages/\(id)/respond", #"{"response":{"selectedOption":"a"}}"#)
        #expect(answer.status == 201, "\(answer.text)")
    }

    @Test("by ntfy: as JSON with a token and a link, and rewritten without a sound once it is answered")
    func ntfy() async throws {
        try await withNotices(["PLACET_PUBLIC_URL": "https://placet.example.org"]) { server, url, arrivals in
            let (ada, agent) = (try await server.person("ada@example.org"), try await server.owner("ada@example.org"))
            let set = #"{"kinds":["question"],"ntfy":{"url":"\#(url)/my-topic","token":"tk_hush"}}"#
            #expect(try await ada.send(.put, "notifications", set).status == 200)
            let id = try await asked(agent)
            let first = try #require(await arrivals.next())
            let link = "https://placet.example.org/inbox/pending/\(id)"
            let action = JSONValue.object(["action": .string("view"), "label": .string("Open"), "url": .string(link)])
            #expect(first.path == "/" && first.headers[.authorization] == "Bearer tk_hush")
            #expect(
                first.json
                    == .object([
                        "topic": .string("my-topic"), "title": .string("a asks"), "message": .string("Deploy?"),
                        "priority": .integer(4), "sequence_id": .string(id), "click": .string(link),
                        "actions": .array([action]),
                    ])
            )
            try await answered(id, by: ada)
            let second = try #require(await arrivals.next()?.json)
            #expect(second["sequence_id"] == .string(id) && second["priority"] == .integer(1))
            let name = try #require(try await ada.send(.get, "auth/me").json["user"]?["displayName"]?.text)
            let text = try #require(second["message"]?.text)
            #expect(text.hasPrefix("“Approve” by \(name) at ") && text.hasSuffix(" UTC"))
        }
    }

    @Test("by the browser: encrypted, signed, to be answered at once where that is harmless, and replaced when settled")
    func push() async throws {
        try await withNotices { server, url, arrivals in
            let (ada, agent) = (try await server.person("ada@example.org"), try await server.owner("ada@example.org"))
            let browser = try TestBrowser()
            let subscription = browser.subscription("\(url)/push/abc")
            #expect(try await ada.send(.post, "notifications/subscriptions", subscription).status == 201)
            let id = try await asked(agent)
            let first = try #require(await arrivals.next())
            let shown = try browser.opened(first.body)
            let digest = try await ada.send(.get, "messages/\(id)").json["review"]?["digest"]
            #expect(shown["tag"] == .string(id) && shown["message"] == .string(id) && shown["digest"] == digest)
            #expect(shown["title"] == .string("a asks") && shown["body"] == .string("Deploy?"))
            #expect(shown["path"] == .string("/inbox/pending/\(id)"))
            #expect(shown["actions"]?.elements.compactMap { $0["id"]?.text } == ["a", "b"])
            #expect(shown["danger"] == .bool(true) && shown["settled"] == .bool(false))
            let headers = first.headers
            #expect(headers[.init("content-encoding")!] == "aes128gcm" && headers[.init("urgency")!] == "high")
            #expect((590...600).contains(Int(headers[.init("ttl")!] ?? "") ?? 0))
            let key = try await ada.send(.get, "notifications").json["pushKey"]?.text
            try check(try #require(headers[.authorization]), by: key, for: url)

            try await answered(id, by: ada)
            let second = try #require(await arrivals.next())
            let settled = try browser.opened(second.body)
            #expect(settled["tag"] == .string(id) && settled["settled"] == .bool(true))
            #expect(settled["actions"] == .array([]) && settled["digest"] == .null)
            #expect(settled["body"]?.text?.contains("Approve") == true)
            let topic = HTTPField.Name("topic")!
            #expect(first.headers[topic] == second.headers[topic] && first.headers[topic]?.count == 32)
        }
    }

    /// RFC 8292: `vapid t=<JWT>, k=<key>`, signed by the key that browsers subscribe to.
    private func check(_ authorization: String, by pushKey: String?, for url: String) throws {
        let match = try #require(authorization.wholeMatch(of: /vapid t=([^.]+)\.([^.]+)\.([^.]+), k=(.+)/))
        #expect(String(match.4) == pushKey)
        let key = try P256.Signing.PublicKey(x963Representation: try #require(Data(base64URL: String(match.4))))
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: #require(Data(base64URL: String(match.3))))
        #expect(key.isValidSignature(signature, for: Data("\(match.1).\(match.2)".utf8)))
        let claims = try JSONValue(parsing: try #require(Data(base64URL: String(match.2))))
        #expect(claims["aud"] == .string(url) && claims["sub"]?.text == "mailto:admin@placet.local")
        guard case .integer(let end)? = claims["exp"] else { throw CancellationError() }
        let now = Date.now.timeIntervalSince1970
        #expect((now + 60...now + 86_400).contains(Double(end)))
    }

    @Test("A subscription that is gone is forgotten; the user's others are still told", arguments: [404, 410])
    func gone(status: Int) async throws {
        let answer: @Sendable (String) -> HTTPResponse.Status = { $0 == "/push/old" ? .init(code: status) : .created }
        try await withNotices(answering: answer) { server, url, arrivals in
            let (ada, agent) = (try await server.person("ada@example.org"), try await server.owner("ada@example.org"))
            for name in ["old", "new"] {
                let subscription = try TestBrowser().subscription("\(url)/push/\(name)")
                _ = try await ada.send(.post, "notifications/subscriptions", subscription)
            }
            _ = try await asked(agent)
            let paths = [await arrivals.next(), await arrivals.next()].compactMap { $0?.path }
            #expect(Set(paths) == ["/push/old", "/push/new"])
            let left = try await server.assembly.index.wait(for: .notices, until: .now + .seconds(20)) { () -> Int? in
                let ways = try await server.assembly.index.read { try $0.noticeWays(of: ada.userID) }
                return ways.count == 1 && ways[0].lastUsedAt != nil ? ways.count : nil
            }
            #expect(left == 1)
        }
    }

    @Test("Who hides the text hears that somebody asks, not what; and nothing can be answered unread")
    func hidden() async throws {
        try await withNotices { server, url, arrivals in
            let (ada, agent) = (try await server.person("ada@example.org"), try await server.owner("ada@example.org"))
            let browser = try TestBrowser()
            _ = try await ada.send(.post, "notifications/subscriptions", browser.subscription("\(url)/push/a"))
            _ = try await ada.send(.put, "notifications", #"{"kinds":["question"],"hideText":true}"#)
            let id = try await asked(agent)
            let shown = try browser.opened(try #require(await arrivals.next()).body)
            #expect(shown["title"] == .string("a asks") && shown["body"] == .string(""))
            #expect(shown["actions"] == .array([]))
            try await answered(id, by: ada)
            let settled = try browser.opened(try #require(await arrivals.next()).body)
            #expect(settled["body"]?.text?.hasPrefix("Answered by ") == true)
        }
    }

    @Test("Nobody hears of another user's question")
    func foreign() async throws {
        try await withNotices { server, url, arrivals in
            let (ada, bob) = (try await server.owner("ada@example.org"), try await server.person("bob@example.org"))
            let ofBob = try await server.owner("bob@example.org")
            _ = try await bob.send(.put, "notifications", #"{"kinds":["question"],"ntfy":{"url":"\#(url)/b"}}"#)
            _ = try await asked(ada, "Not for Bob")
            _ = try await asked(ofBob, "For Bob")
            #expect(await arrivals.next()?.json?["message"] == .string("For Bob"))
        }
    }
}
