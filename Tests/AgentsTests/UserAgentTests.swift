import App
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("People and agents")
struct UserAgentTests {
    @Test("people make, change and delete agents as agents do, and both see the same ones")
    func changes() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            let made = try await ada.send(.post, "agents", #"{"name":"Builder","tag":"ci"}"#)
            #expect(made.status == 201 && made.json["name"] == .string("Builder"))
            let id = try #require(made.json["id"]?.text)
            #expect(try await ada.send(.post, "agents", "{}").faults == ["name"])
            let changed = try await ada.send(.patch, "agents/\(id)", #"{"tag":null,"description":"builds"}"#)
            #expect(changed.status == 200 && changed.json["tag"] == .null)
            let seen = try await agent.send(.get, "/api/v1/agents").json.elements
            #expect(seen.first == changed.json && seen.count == 2)
            let listed = try await ada.send(.get, "agents").json.elements
            #expect(listed.map { $0["id"]?.text } == [id, agent.channel])
            #expect(try await ada.send(.delete, "agents/\(id)").json == .object(["deleted": .bool(true)]))
            #expect(try await ada.send(.delete, "agents/\(id)").status == 404)
            #expect(try await ada.send(.patch, "agents/\(id)", "{}").json["message"] == .string("Agent not found"))
        }
    }

    @Test("the user sets the quota of a channel and takes it away again; the agent itself may not")
    func quota() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            let path = "agents/\(agent.channel)"
            #expect(try await ada.send(.patch, path, #"{"quotaBytes":1000}"#).json["quotaBytes"] == .integer(1000))
            #expect(try await agent.store([UInt8](repeating: 1, count: 1000))["size"] == .integer(1000))
            let full = try await agent.send(Form(.channel(agent.channel), .file([1], "x")))
            #expect(full.status == 507 && full.json["figures"]?["limit"] == .integer(1000))
            let seen = try await agent.send(.get, "/api/v1/agents").json.elements
            #expect(seen.map { $0["quotaBytes"] } == [.integer(1000)])
            for json in [#"{"quotaBytes":2000}"#, #"{"quotaBytes":null}"#] {
                let body = ByteBuffer(string: json)
                let answer = try await agent.send(.patch, "/api/v1/\(path)", body: body)
                #expect(answer.faults == ["quotaBytes"])
            }
            for json in [#"{"quotaBytes":-1}"#, #"{"quotaBytes":"1"}"#, #"{"quotaBytes":1125899906842625}"#] {
                #expect(try await ada.send(.patch, path, json).faults == ["quotaBytes"])
            }
            #expect(try await ada.send(.patch, path, #"{"name":"b"}"#).json["quotaBytes"] == .integer(1000))
            #expect(try await ada.send(.patch, path, #"{"quotaBytes":null}"#).json["quotaBytes"] == .null)
            _ = try await agent.store([1])
        }
    }

    @Test("the list says what is new in each channel; the last message only when there is one")
    func news() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
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
            let (ada, agent) = try await server.pair()
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try await agent.ask()) }
            func read(_ json: String?, _ headers: HTTPFields = [:]) async throws -> HTTPReply {
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
            let (ada, agent) = try await server.pair()
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
            #expect(figures["reviews"] == .object(JSONObject(reviews)))
            #expect(figures["files"] == .object(["count": .integer(1), "bytes": .integer(5)]))
            let deliveries = ["pending": 0, "delivered": 0, "failed": 0].mapValues(JSONValue.integer)
            #expect(figures["deliveries"] == .object(JSONObject(deliveries)))
            let statuses = try #require(figures["statuses"]?.elements)
            #expect(statuses.map { $0["status"]?.text } == ["error", "busy"])
            #expect(statuses.first?.names == ["status", "message", "since"])
        }
    }

    @Test("a webhook is replaced and taken away by its own path, with the rules of setWebhook")
    func webhook() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
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
