import App
import Delivery
import HTTP
import Hummingbird
import Index
import JSON
import Logging
import NIOCore
import TestSupport
import Testing

@Suite("Webhooks")
struct WebhookDeliveryTests {
    @Test("A human's message and an answer with its passwords reach the channel's webhook as the agent would read them")
    func events() async throws {
        try await withServer(["PLACET_WEBHOOK_ALLOW": "127.0.0.1"]) { server in
            try await withReceiver { url, bodies in
                let channel = try await server.owner().channel
                let (human, asked) = try await send(in: channel, url, server)
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        let webhooks = server.assembly.backgroundWork.first { $0.name == "webhooks" }
                        try await webhooks?.run()
                    }
                    let told = await bodies.prefix(2).reduce(into: [:]) { $0[$1["event"]?.text] = $1 }
                    let message = try #require(told["message:created"]?["message"])
                    #expect(message["id"]?.text == human.id.rawValue)
                    #expect(message["text"]?.text == "hi")
                    #expect(message["senderType"]?.text == "user")
                    #expect(message["attachments"]?.elements == [])
                    #expect(message["statusEvents"] == nil)
                    let answer = try #require(told["review:responded"])
                    #expect(answer["message_id"]?.text == asked.id.rawValue)
                    #expect(answer["response"]?["pass"]?.text == "hunter2")
                    group.cancelAll()
                }
            }
        }
    }
}

/// A human's message, and a form with a password that has been answered; both have `url` to tell.
private func send(in channel: String, _ url: String, _ server: TestServer) async throws -> (Message, Message) {
    try await server.assembly.index.write { tx throws in
        func message(_ sender: Message.SenderType, _ text: String) -> Message {
            Message(
                id: .make(),
                channelID: Agent.ID(channel),
                senderType: sender,
                senderID: channel,
                text: text,
                webhookURL: url,
                createdAt: tx.now
            )
        }
        let (human, asked) = (message(.user, "hi"), message(.agent, "who?"))
        let payload = #"{"fields":[{"name":"pass","type":"password"}]}"#
        let review = Review(of: asked, type: "form", payloadJSON: payload, expiresAt: tx.now + .seconds(60))
        try tx.insert(human)
        try tx.insert(asked, review: review)
        #expect(try tx.complete(reviewOf: asked.id, responseJSON: #"{"pass":"hunter2"}"#) == .accepted)
        return (human, asked)
    }
}
