import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("People and messages")
struct ConversationTests {
    @Test("a person's message is one of the user, and the webhook is told of it; one message is read with its agent")
    func conversation() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            let file = try await agent.storedID("a log")
            _ = try await agent.send(
                json: #"{"channelId":"\#(agent.channel)","url":"https://hooks.example.org/a"}"#,
                to: "/api/v1/agents/setWebhook"
            )
            let json = #"{"channelId":"\#(agent.channel)","text":"look","attachmentIds":["\#(file)"],"clientId":"c"}"#
            let said = try await ada.send(.post, "messages", json)
            #expect(said.status == 201 && said.json["senderType"] == .string("user"))
            #expect(said.json["senderId"] == .string(ada.userID.rawValue))
            #expect(try await ada.send(.post, "messages", json).json["id"] == said.json["id"])
            let id = try #require(said.json["id"]?.text)
            let queued = try await server.assembly.index.read { try $0.deliveries(ofAnyMessage: Message.ID(id)) }
            #expect(queued.map(\.event) == [.messageCreated])
            let read = try await ada.send(.get, "messages/\(id)").json
            #expect(read["agent"]?["id"] == .string(agent.channel))
            #expect(read["agent"]?.names.contains { $0.hasPrefix("webhook") } == false)
            #expect(try await ada.send(.post, "messages/\(id)/retry").json == .object(["retried": .bool(true)]))
            let plain = try await agent.ask()
            #expect(try await ada.send(.post, "messages/\(plain)/retry").status == 400)
            #expect(try await ada.send(.get, "messages/\(id)/iterations").json["groupId"] == .string(id))
            #expect(try await ada.send(.get, "messages?channel=\(agent.channel)").json["data"]?.elements.count == 2)
            #expect(try await ada.send(.post, "messages", #"{"channelId":"\#(agent.channel)"}"#).status == 400)
        }
    }
}
