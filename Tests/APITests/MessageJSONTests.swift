import Foundation
import HTTP
import JSON
import NIOCore
import Testing

@testable import API
@testable import Index

@Suite("How messages are shown")
struct MessageJSONTests {
    private static let message = Message(
        id: "m",
        channelID: "c",
        senderType: .agent,
        senderID: "c",
        metadataJSON: #"{"n":3,"x":2.5}"#,
        createdAt: Timestamp(milliseconds: 0)
    )

    private static func form(_ response: String) -> MessageWithParts {
        let payload = #"{"fields":[{"name":"pass","type":"password"},{"name":"user","type":"text"}]}"#
        var review = Review(of: message, type: "form", payloadJSON: payload, expiresAt: message.createdAt)
        review.status = .completed
        review.responseJSON = response
        return MessageWithParts(message: message, review: review)
    }

    private static func json(_ value: some Encodable) throws -> JSONValue {
        try JSONValue(parsing: try ByteBuffer.json(value).readableBytesView)
    }

    @Test("Alone, every member without a value is null, and there are no status events")
    func alone() throws {
        let shown = String(buffer: try ByteBuffer.json(MessageJSON(MessageWithParts(message: Self.message))))
        #expect(
            shown == """
                {"attachments":[],"channelId":"c","clientId":null,"createdAt":"1970-01-01T00:00:00.000Z",\
                "deliveryStatus":"sent","id":"m","iteration":null,"iterationGroupId":null,\
                "metadata":{"n":3,"x":2.5},"review":null,"senderId":"c","senderType":"agent","status":null,\
                "streamId":null,"streamState":null,"text":null,"updatedAt":"1970-01-01T00:00:00.000Z"}
                """
        )
    }

    @Test("With everything in it, members are in the order of their names at every level")
    func full() throws {
        var message = Self.message
        (message.text, message.status, message.clientID) = ("\"é\"\n", .warning, "k")
        (message.iteration, message.streamID, message.streamState) = (
            Iteration(groupID: "m", number: 2), "s", .complete
        )
        var review = Review(of: message, type: "form", payloadJSON: "{}", expiresAt: message.createdAt)
        (review.status, review.responseJSON, review.completedAt) = (.completed, "{}", message.createdAt)
        (review.feedback, review.modifiedFileIDsJSON, review.callbackJSON) = ("f", "[]", "{}")
        review.respondedBy = .commandLine
        var attachment = Attachment.sample(type: "text/plain")
        (attachment.messageID, attachment.damagedAt) = ("m", message.createdAt)
        let event = StreamEvent(
            id: "e",
            channelID: "c",
            streamID: "s",
            number: 1,
            text: "t",
            toolHint: true,
            createdAt: .sample
        )
        let parts = MessageWithParts(message: message, review: review, attachments: [attachment], statusEvents: [event])
        let agent = Agent(id: "c", userID: "u", name: "Tester", createdAt: message.createdAt)
        var facts = FactsJSON()
        facts.seconds = 0.5
        for written in [
            try ByteBuffer.json(MessageJSON(listed: parts, of: agent)),
            try ByteBuffer.json(MessageJSON(parts, texts: [attachment.id: "text"])),
            try ByteBuffer.json(AttachmentJSON(attachment, text: "text", facts: facts)),
        ] {
            let text = String(buffer: written)
            #expect(text == (try JSONValue(text: text).encoded()))
        }
        let shown = try Self.json(MessageJSON(listed: parts, of: agent))
        #expect(shown["review"]?["respondedBy"]?["userId"] == .null)
        #expect(shown["agent"]?["name"] == .string("Tester"))
        #expect(shown["statusEvents"]?.elements.first?["index"] == .integer(1))
    }

    @Test("What was typed into a password field is there alone, and redacted in lists; the rest is not")
    func passwords() throws {
        let message = Self.form(#"{"pass":"hunter2","user":"ada"}"#)
        let alone = try Self.json(MessageJSON(message))["review"]
        #expect(alone?["response"]?["pass"] == .string("hunter2"))
        let listed = try Self.json(MessageJSON(listed: message))
        #expect(listed["review"]?["response"] == .object(["pass": .string("***REDACTED***"), "user": .string("ada")]))
        #expect(listed["review"]?["payload"] == alone?["payload"])
        #expect(listed["statusEvents"] == .array([]))
    }

    @Test("A password field that was left out stays out of the list")
    func passwordLeftOut() throws {
        let listed = try Self.json(MessageJSON(listed: Self.form(#"{"user":"ada"}"#)))
        #expect(listed["review"]?["response"] == .object(["user": .string("ada")]))
    }

    @Test("Of a form that cannot be read no answer is listed: its passwords could not be found")
    func unreadable() throws {
        var message = Self.form(#"{"pass":"hunter2"}"#)
        message.review?.payloadJSON = "{"
        #expect(String(buffer: try ByteBuffer.json(MessageJSON(listed: message))).contains("hunter2") == false)
    }

    @Test("A password is redacted under its name in either Unicode form, and every other value is kept exactly")
    func passwordsInEitherForm() throws {
        var message = Self.form(#"{"e\u0301":"hunter2","\u00e9":"hunter3","n":1.0}"#)
        message.review?.payloadJSON = #"{"fields":[{"name":"\u00e9","type":"password"}]}"#
        let shown = String(buffer: try ByteBuffer.json(MessageJSON(listed: message)))
        #expect(!shown.contains("hunter"))
        #expect(shown.contains(#""n":1.0"#))
    }

    @Test("Free maps are sent as the index has them, byte for byte")
    func freeMaps() throws {
        var message = Self.form(#"{ "b": 1.0, "a": 18446744073709551615 }"#)
        message.review?.type = "freeform"
        let shown = String(buffer: try ByteBuffer.json(MessageJSON(listed: message)))
        #expect(shown.contains(#""response":{ "b": 1.0, "a": 18446744073709551615 }"#))
        #expect(shown.contains(#""metadata":{"n":3,"x":2.5}"#))
    }

    @Test("The agent beside a message has no webhook")
    func agent() throws {
        let agent = Agent(id: "c", userID: "u", name: "a", webhook: Webhook(url: "https://h"), createdAt: .sample)
        let shown = try Self.json(MessageJSON(listed: MessageWithParts(message: Self.message), of: agent))
        #expect(shown["agent"]?["name"] == .string("a"))
        #expect(shown["agent"]?.members.keys.contains { $0.hasPrefix("webhook") } == false)
    }

    @Test("A webhook's password, secret and telling headers are masked")
    func webhook() throws {
        let webhook = Webhook(
            url: "https://h",
            headers: ["X-Api-Key": "k", "X-Env": "ci"],
            auth: .init(username: "u", password: "p"),
            secret: "whsec_x"
        )
        let agent = Agent(id: "c", userID: "u", name: "a", webhook: webhook, createdAt: .sample)
        let shown = try Self.json(AgentJSON(agent))
        #expect(shown["webhookHeaders"] == .object(["X-Api-Key": .string("***"), "X-Env": .string("ci")]))
        #expect(shown["webhookAuth"] == .object(["username": .string("u"), "password": .string("***")]))
        #expect(shown["webhookSecret"] == .string("***"))
    }

    @Test("An event has what it tells of, and nothing else")
    func events() throws {
        #expect(try Self.json(EventJSON(channelID: nil)) == .object([:]))
        let deleted = try Self.json(EventJSON(channelID: "c", messageID: "m"))
        #expect(deleted == .object(["channelId": .string("c"), "messageId": .string("m")]))
    }
}
