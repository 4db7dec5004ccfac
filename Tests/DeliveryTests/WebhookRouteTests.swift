import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import TestSupport
import Testing

@Suite("People and webhooks")
struct WebhookRouteTests {
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
                let claimed = try #require(
                    try tx.claimDelivery(inAnyChannel: Agent.ID(agent.channel), lease: .seconds(15))
                )
                try tx.deliveryFailed(claimed, status: nil, error: "refused", retryAfter: nil)
                return claimed.id
            }
            let row = try await ada.send(.get, path).json["data"]?.elements.first { $0["id"]?.text == failed.rawValue }
            #expect(row?["state"] == .string("failed") && row?["error"] == .string("refused"))
            #expect(row?["attemptedAt"] == row?["finishedAt"] && row?["attemptedAt"] != .null)
        }
    }
}
