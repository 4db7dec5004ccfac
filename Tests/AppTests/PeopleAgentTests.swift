import App
import HTTP
import HTTPTypes
import Index
import JSON
import Testing

@Suite("People and agents")
struct PeopleAgentTests {
    /// A person, and an agent of the same user.
    private func pair(_ server: TestServer) async throws -> (Person, Owner) {
        (try await server.person("ada@example.org"), try await server.owner("ada@example.org"))
    }

    @Test("people make, change and delete agents as agents do, and both see the same ones")
    func changes() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            let made = try await ada.send(.post, "agents", #"{"name":"Builder","tag":"ci"}"#)
            #expect(made.status == 201 && made.json["name"] == .string("Builder"))
            let id = try #require(made.json["id"]?.text)
            #expect(try await ada.send(.post, "agents", "{}").faults == ["name"])
            let changed = try await ada.send(.patch, "agents/\(id)", #"{"tag":null,"description":"builds"}"#)
            #expect(changed.status == 200 && changed.json["tag"] == .null)
            let seen = try await agent.send(.get, "/api/v1/agents").json.elements
            #expect(seen?.first == changed.json && seen?.count == 2)
            let listed = try await ada.send(.get, "agents").json.elements
            #expect(listed?.map { $0["id"]?.text } == [id, agent.channel])
            #expect(try await ada.send(.delete, "agents/\(id)").json == .object(["deleted": .bool(true)]))
            #expect(try await ada.send(.delete, "agents/\(id)").status == 404)
            #expect(try await ada.send(.patch, "agents/\(id)", "{}").json["message"] == .string("Agent not found"))
        }
    }

    @Test("the list says what is new in each channel; the last message only when there is one")
    func news() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            func entry() async throws -> JSONValue {
                try #require(try await ada.send(.get, "agents").json.elements.first)
            }
            let empty = try await entry()
            let plain = try #require(try await agent.send(.get, "/api/v1/agents").json.elements.first)
            #expect(empty.names == plain.names.union(["unreadCount"]) && empty["unreadCount"] == .integer(0))
            _ = try await agent.ask()
            let last = try await agent.post(#""text":"still there?""#).json
            let news = try await entry()
            #expect(news["unreadCount"] == .integer(2) && news["lastMessage"] == .string("still there?"))
            #expect(news["lastMessageTime"] == last["createdAt"])
            _ = try await agent.post(#""status":"success""#)
            #expect(try await entry()["lastMessage"] == .string(""))
        }
    }

    @Test("read up to a message or to the newest, never back; a body may be left out")
    func read() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try await agent.ask()) }
            func read(_ json: String?, _ headers: HTTPFields = [:]) async throws -> Answer {
                try await ada.send(.post, "agents/\(agent.channel)/read", json, headers)
            }
            let first = try await read(#"{"messageId":"\#(ids[1])"}"#)
            #expect(first.status == 201 && first.json == .object(["unreadCount": .integer(1)]))
            #expect(try await read(#"{"messageId":"\#(ids[0])"}"#).json["unreadCount"] == .integer(1))
            let absent = try await read(#"{"messageId":"nothing"}"#)
            #expect(absent.status == 404 && absent.json["message"] == .string("Message not found"))
            for bad in [#"{"messageId":null}"#, #"{"messageId":3}"#, #"{"messageId":""}"#] {
                #expect(try await read(bad).faults == ["messageId"], "\(bad)")
            }
            #expect(try await read("[]").status == 400)
            #expect(try await read("messageId=1", [.contentType: "text/plain"]).status == 415)
            for empty in [nil, "", "{}"] {
                _ = try await agent.ask()
                let answer = try await read(empty)
                #expect(answer.status == 201 && answer.json["unreadCount"] == .integer(0), "\(empty ?? "none")")
            }
            // As `curl -d ''` and `fetch` send it.
            for type in ["application/json", "application/x-www-form-urlencoded"] {
                #expect(try await read("", [.contentType: type]).status == 201, "\(type)")
            }
        }
    }

    @Test("figures of a channel, and what the agent said it was doing, newest first")
    func figures() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            let question = try await agent.ask()
            _ = try await agent.ask()
            _ = try await agent.store("12345")
            _ = try await ada.send(.post, "messages", #"{"channelId":"\#(agent.channel)","text":"hi"}"#)
            _ = try await ada.send(.post, "messages/\(question)/respond", #"{"response":{}}"#)
            for status in ["busy", "error"] {
                let ping = #"{"agentId":"\#(agent.channel)","status":"\#(status)"}"#
                _ = try await agent.send(json: ping, to: "/api/v1/status/ping")
            }
            let figures = try await ada.send(.get, "agents/\(agent.channel)/stats").json
            #expect(figures["messages"] == .object(["agent": .integer(2), "user": .integer(1)]))
            let reviews = ["pending": 1, "completed": 1, "expired": 0].mapValues(JSONValue.integer)
            #expect(figures["reviews"] == .object(reviews))
            #expect(figures["files"] == .object(["count": .integer(1), "bytes": .integer(5)]))
            let deliveries = ["pending": 0, "delivered": 0, "failed": 0].mapValues(JSONValue.integer)
            #expect(figures["deliveries"] == .object(deliveries))
            let statuses = try #require(figures["statuses"]?.elements)
            #expect(statuses.map { $0["status"]?.text } == ["error", "busy"])
            #expect(statuses.first?.names == ["status", "message", "since"])
        }
    }

    @Test("a webhook is replaced and taken away by its own path, with the rules of setWebhook")
    func webhook() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            let path = "agents/\(agent.channel)/webhook"
            let json = #"{"url":"https://h.example/","auth":{"username":"u","password":"p"}}"#
            let set = try await ada.send(.put, path, json)
            #expect(set.status == 200 && set.json["webhookUrl"] == .string("https://h.example/"))
            #expect(set.json["webhookAuth"]?["password"] == .string("***"))
            let again = try await ada.send(.put, path, #"{"url":"https://h.example/"}"#)
            #expect(again.json["webhookAuth"] == .null)
            #expect(try await ada.send(.put, path, #"{"url":"ftp://h","secret":"x"}"#).faults == ["url", "secret"])
            let gone = try await ada.send(.delete, path)
            #expect(gone.status == 200 && gone.json["webhookUrl"] == .null)
            #expect(try await ada.send(.delete, path).status == 200)
        }
    }
}

@Suite("People and webhooks")
struct PeopleWebhookTests {
    private func hooked(_ server: TestServer, _ url: String) async throws -> (Person, Owner) {
        let (ada, agent) = (try await server.person("a@b.c"), try await server.owner("a@b.c"))
        #expect(try await ada.send(.put, "agents/\(agent.channel)/webhook", #"{"url":"\#(url)"}"#).status == 200)
        return (ada, agent)
    }

    @Test("a test is one event, sent at once; of two at the same time the second is 429; nothing is queued")
    func test() async throws {
        try await withServer(["PLACET_WEBHOOK_ALLOW": "127.0.0.1"]) { server in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            // Ends at once when the gate has been opened for good.
            let answer: @Sendable () async -> HTTPResponse.Status = {
                for await _ in gate {}
                return .noContent
            }
            try await withReceiver(answering: answer) { url, bodies in
                let (ada, agent) = try await hooked(server, url)
                let path = "agents/\(agent.channel)/webhook/test"
                async let first = ada.send(.post, path)
                let told = await bodies.first { _ in true }
                #expect(told == .object(["event": .string("webhook:test"), "channelId": .string(agent.channel)]))
                let second = try await ada.send(.post, path)
                #expect(second.status == 429 && second.headers[.retryAfter] == "10")
                open.finish()
                for tested in [try await first, try await ada.send(.post, path)] {
                    #expect(tested.status == 200)
                    #expect(tested.json["delivered"] == .bool(true) && tested.json["status"] == .integer(204))
                    #expect(tested.json["error"] == .null)
                    #expect(tested.json.names == ["delivered", "status", "error", "milliseconds"])
                }
                let page = try await ada.send(.get, "agents/\(agent.channel)/deliveries").json
                #expect(page == .object(["data": .array([]), "nextCursor": .null]))
            }
        }
    }

    @Test("a webhook that leads inside is not called, and the test says why; without one it is 400")
    func refused() async throws {
        try await withServer { server in
            let (ada, agent) = try await hooked(server, "http://127.0.0.1:9/")
            let test = try await ada.send(.post, "agents/\(agent.channel)/webhook/test")
            #expect(test.status == 200 && test.json["delivered"] == .bool(false) && test.json["status"] == .null)
            #expect(test.json["error"]?.text?.contains("PLACET_WEBHOOK_ALLOW") == true)
            _ = try await ada.send(.delete, "agents/\(agent.channel)/webhook")
            let none = try await ada.send(.post, "agents/\(agent.channel)/webhook/test")
            #expect(none.status == 400 && none.json["message"] == .string("Set a webhook first"))
        }
    }

    @Test("what became of each event of a channel is listed, page by page")
    func deliveries() async throws {
        try await withServer { server in
            let (ada, agent) = try await hooked(server, "http://127.0.0.1:9/")
            var messages: [String] = []
            for _ in 0..<3 {
                let said = try await ada.send(.post, "messages", #"{"channelId":"\#(agent.channel)","text":"hi"}"#)
                messages.insert(try #require(said.json["id"]?.text), at: 0)
            }
            let path = "agents/\(agent.channel)/deliveries"
            let first = try await ada.send(.get, "\(path)?limit=2").json
            let rows = try #require(first["data"]?.elements)
            #expect(rows.map { $0["messageId"]?.text } == Array(messages[..<2]))
            #expect(rows[0]["event"] == .string("message:created") && rows[0]["state"] == .string("pending"))
            #expect(rows[0]["attempts"] == .integer(0) && rows[0]["attemptedAt"] == .null)
            #expect(
                rows[0].names == [
                    "id", "messageId", "event", "state", "attempts", "attemptedAt", "responseStatus", "error",
                    "nextAttemptAt", "createdAt", "finishedAt",
                ]
            )
            let cursor = try #require(first["nextCursor"]?.text)
            let last = try await ada.send(.get, "\(path)?limit=2&cursor=\(cursor)").json
            #expect(last["data"]?.elements.map { $0["messageId"]?.text } == [messages[2]])
            #expect(last["nextCursor"] == .null)
            #expect(try await ada.send(.get, "\(path)?limit=0").status == 400)
            let failed = try await server.assembly.index.write { tx throws in
                let claimed = try #require(try tx.claimDelivery(lease: .seconds(15)))
                try tx.deliveryFailed(claimed, status: nil, error: "refused", retryAfter: nil)
                return claimed.id
            }
            let row = try await ada.send(.get, path).json["data"]?.elements.first { $0["id"]?.text == failed }
            #expect(row?["state"] == .string("failed") && row?["error"] == .string("refused"))
            #expect(row?["attemptedAt"] == row?["finishedAt"] && row?["attemptedAt"] != .null)
        }
    }
}
