import App
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Agents")
struct AgentTests {
    private func change(_ owner: Owner, _ members: String) async throws -> HTTPReply {
        try await owner.send(.patch, "/api/v1/agents/\(owner.channel)", body: ByteBuffer(string: "{\(members)}"))
    }

    @Test("only what is given changes; null empties what may be empty")
    func update() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let changed = try await change(owner, #""description":"builds","tag":"ci","avatarUrl":"https://a/b""#).json
            #expect(changed["name"] == .string("a") && changed["tag"] == .string("ci"))
            let emptied = try await change(owner, #""tag":null,"avatarUrl":null,"name":"b""#).json
            #expect(emptied["tag"] == .null && emptied["avatarUrl"] == .null)
            #expect(emptied["description"] == .string("builds") && emptied["name"] == .string("b"))
            #expect(try await owner.send(.get, "/api/v1/agents").json.elements == [emptied])
            for bad in [
                #""name":"""#, #""name":null"#, #""description":null"#, #""tag":3"#, #""webhookUrl":"http://u@h/""#,
            ] {
                #expect(try await change(owner, bad).status == 400, "\(bad)")
            }
        }
    }

    @Test("secrets of a webhook are masked on every read; another URL by PATCH drops what belonged to the old one")
    func webhook() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let secret = "whsec_" + String(repeating: "QUJD", count: 8)
            let json = #"""
                {"channelId":"\#(owner.channel)","url":"https://h.example/a","secret":"\#(secret)",
                 "headers":{"X-Api-Key":"one","Authorization":"two","X-Team":"shown"},
                 "auth":{"username":"u","password":"three"}}
                """#
            let set = try await owner.send(json: json, to: "/api/v1/agents/setWebhook")
            #expect(set.status == 200)
            #expect(set.json["webhookUrl"] == .string("https://h.example/a"))
            #expect(
                set.json["webhookHeaders"]
                    == .object([
                        "X-Api-Key": .string("***"), "Authorization": .string("***"), "X-Team": .string("shown"),
                    ])
            )
            #expect(set.json["webhookAuth"] == .object(["username": .string("u"), "password": .string("***")]))
            #expect(set.json["webhookSecret"] == .string("***"))
            let channel = owner.channel
            let stored = try await server.assembly.index.read { try $0.anyAgent(id: Agent.ID(channel))?.webhook }
            #expect(stored?.auth?.password == "three" && stored?.secret == secret)

            // As it was read, all of it is kept; at another URL nothing is.
            func asRead(_ url: String) -> String {
                #"{"channelId":"\#(owner.channel)","url":"\#(url)","secret":"***","#
                    + #""headers":{"X-Api-Key":"***","X-Team":"shown"},"auth":{"username":"u","password":"***"}}"#
            }
            let kept = try await owner.send(json: asRead("https://h.example/a"), to: "/api/v1/agents/setWebhook")
            #expect(kept.status == 200, "\(kept.text)")
            let after = try await server.assembly.index.read { try $0.anyAgent(id: Agent.ID(channel))?.webhook }
            #expect(after?.headers == ["X-Api-Key": "one", "X-Team": "shown"])
            #expect(after?.auth?.password == "three" && after?.secret == secret)
            let moved = try await owner.send(json: asRead("https://evil.example/a"), to: "/api/v1/agents/setWebhook")
            #expect(moved.status == 400 && moved.text.contains("not stored for this URL"))

            let same = try await change(owner, #""webhookUrl":"https://h.example/a""#).json
            #expect(same["webhookSecret"] == .string("***"))
            let other = try await change(owner, #""webhookUrl":"https://evil.example/a""#).json
            #expect(
                other["webhookSecret"] == .null && other["webhookAuth"] == .null && other["webhookHeaders"] == .null
            )
            let gone = try await owner.send(
                json: #"{"channelId":"\#(owner.channel)"}"#,
                to: "/api/v1/agents/deleteWebhook"
            )
            #expect(gone.status == 200 && gone.json["webhookUrl"] == .null)
        }
    }

    @Test("a webhook that could not be sent is refused when it is set")
    func refusedWebhooks() async throws {
        let cases = [
            (#""headers":{}"#, "url"), (#""url":null"#, "url"), (#""url":"file:///etc/passwd""#, "url"),
            (#""url":"https://u:p@h/""#, "url"), (#""url":"https://h:0/""#, "url"),
            (#""url":"https://h:99999/""#, "url"),
            (#""url":"https://%6c/""#, "url"), (#""url":"https://a..b/""#, "url"),
            (#""url":"https://h","headers":{"a b":"c"}"#, "headers"),
            (#""url":"https://h","headers":{"a":"b\nc"}"#, "headers"),
            (#""url":"https://h","headers":{"a":1}"#, "headers"), (#""url":"https://h","headers":[]"#, "headers"),
            (#""url":"https://h","headers":{"ab":"\#(String(repeating: "c", count: 8191))"}"#, "headers"),
            (#""url":"https://h","auth":{"username":"u"}"#, "auth"), (#""url":"https://h","secret":"abc""#, "secret"),
            (#""url":"https://h","secret":"whsec_QUJD""#, "secret"),
            (#""url":"https://h","auth":{"username":"a:b","password":""}"#, "auth"),
        ]
        try await withServer { server in
            let owner = try await server.owner()
            for (members, fault) in cases {
                let json = #"{"channelId":"\#(owner.channel)",\#(members)}"#
                let answer = try await owner.send(json: json, to: "/api/v1/agents/setWebhook")
                #expect(answer.status == 400 && answer.faults.first == fault, "\(members): \(answer.text)")
            }
            #expect(try await owner.send(.get, "/api/v1/agents").json.elements.first?["webhookUrl"] == .null)
        }
    }

    @Test("a changed secret signs for a day beside the new one, unless the webhook moves to another origin")
    func changedSecret() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            func set(_ letters: String, _ host: String = "h.example") async throws -> [String] {
                let secret = "whsec_" + String(repeating: letters, count: 8)
                let json = #"{"channelId":"\#(owner.channel)","url":"https://\#(host)/","secret":"\#(secret)"}"#
                #expect(try await owner.send(json: json, to: "/api/v1/agents/setWebhook").status == 200)
                let stored = try await server.assembly.index.read { [channel = owner.channel] reader in
                    try reader.anyAgent(id: Agent.ID(channel))?.webhook
                }
                let secrets = stored?.secrets(at: .now() + .seconds(86_000)) ?? []
                #expect(stored?.secrets(at: .now() + .seconds(86_401)) == [secret])
                return secrets.map { String($0.dropFirst("whsec_".count).prefix(4)) }
            }
            #expect(try await set("AAAA") == ["AAAA"])
            #expect(try await set("BBBB") == ["BBBB", "AAAA"])
            // The same secret again, with another header for example, ends nothing.
            #expect(try await set("BBBB") == ["BBBB", "AAAA"])
            #expect(try await set("CCCC") == ["CCCC", "BBBB"])
            #expect(try await set("DDDD", "other.example") == ["DDDD"])
            _ = try await owner.send(
                json: #"{"channelId":"\#(owner.channel)","url":"https://other.example/"}"#,
                to: "/api/v1/agents/setWebhook"
            )
            #expect(try await set("EEEE", "other.example") == ["EEEE"])
        }
    }

    @Test("PATCH sets and clears headers and credentials; *** keeps what is stored, for the same URL only")
    func webhookByPatch() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let channel = Agent.ID(owner.channel)
            func stored() async throws -> Webhook? {
                try await server.assembly.index.read { try $0.anyAgent(id: channel)?.webhook }
            }
            let (token, password) = (
                #""webhookHeaders":{"X-Token":"one","X-Team":"a"}"#, #""webhookAuth":{"username":"u","password":"two"}"#
            )
            for members in [token, password] {
                #expect(try await change(owner, members).status == 400, "no URL yet: \(members)")
            }
            #expect(try await change(owner, #""webhookHeaders":null,"webhookAuth":null"#).status == 200)

            let set = try await change(owner, #""webhookUrl":"https://h.example/a",\#(token),\#(password)"#)
            #expect(set.json["webhookHeaders"]?["X-Token"] == .string("***"))
            #expect(set.json["webhookAuth"] == .object(["username": .string("u"), "password": .string("***")]))
            // As it was read.
            let headers = #""webhookHeaders":{"X-Token":"***","X-Team":"b"}"#
            let auth = #""webhookAuth":{"username":"u","password":"***"}"#
            #expect(try await change(owner, #""webhookUrl":"https://h.example/a",\#(headers),\#(auth)"#).status == 200)
            #expect(try await stored()?.headers == ["X-Token": "one", "X-Team": "b"])
            #expect(try await stored()?.auth == Webhook.Auth(username: "u", password: "two"))
            // What is masked is for the URL that it was given for.
            for members in [headers, auth] {
                let answer = try await change(owner, #""webhookUrl":"https://evil.example/",\#(members)"#)
                #expect(answer.status == 400, "\(answer.text)")
            }
            #expect(try await stored()?.url == "https://h.example/a")
            for bad in [#"{"a b":"c"}"#, #"{"a":"b\nc"}"#, #"{"a":1}"#, "[]"] {
                #expect(try await change(owner, #""webhookHeaders":\#(bad)"#).faults == ["webhookHeaders"], "\(bad)")
            }
            for bad in [#"{"username":"u"}"#, #"{"username":"a:b","password":""}"#, "3"] {
                #expect(try await change(owner, #""webhookAuth":\#(bad)"#).faults == ["webhookAuth"], "\(bad)")
            }
            // What is kept counts as well.
            let long = String(repeating: "x", count: 5000)
            #expect(try await change(owner, #""webhookHeaders":{"a":"\#(long)"}"#).status == 200)
            let longer = #""webhookHeaders":{"a":"***","b":"\#(long)"}"#
            #expect(try await change(owner, longer).faults == ["webhookHeaders"])
            #expect(try await change(owner, #""webhookHeaders":null"#).json["webhookHeaders"] == .null)
            #expect(try await change(owner, #""webhookAuth":null"#).json["webhookAuth"] == .null)
            #expect(try await stored() == Webhook(url: "https://h.example/a"))
        }
    }

    @Test("a deleted agent is gone at once with all it owns, and its rows after the sweep; waits on it end")
    func delete() async throws {
        try await withServer { server in
            let (owner, index) = (try await server.owner(), server.assembly.index)
            let (file, question) = (try await owner.storedID("a"), try await owner.ask())
            _ = try await owner.post(#""text":"x","textAttachments":[{"content":"b"}]"#)
            async let waiting = owner.get("reviews/\(question)/wait")
            #expect(try await owner.send(.delete, "/api/v1/agents/\(owner.channel)").status == 200)
            #expect(try await owner.send(.delete, "/api/v1/agents/\(owner.channel)").status == 404)
            #expect(try await owner.send(.get, "/api/v1/agents").json == .array([]))
            #expect(try await owner.download(file).status == 404)
            #expect(try await owner.get("messages").status == 403)
            #expect(try await owner.post(#""text":"late""#).status == 403)
            // Removed in the smallest of batches; the last step removes the agent itself.
            for _ in 0..<10 { try await index.write { tx in try tx.removeDeletedAgents(limit: 1) } }
            #expect([403, 404].contains(try await waiting.status))
            #expect(try await index.read { try $0.nextRemoval() } == nil)
            let census = try await server.census()
            #expect(census.attachments == 0 && census.messages == 0)
        }
    }
}
