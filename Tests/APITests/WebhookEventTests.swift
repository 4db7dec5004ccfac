import HTTP
import Index
import NIOCore
import Testing

@testable import API

@Suite("What a webhook says")
struct WebhookEventTests {
    private static let time = Timestamp(milliseconds: 1_795_472_041_123)
    private static let responded =
        #""respondedBy":{"at":"2026-11-23T22:14:01.123Z","name":"operator","userId":null,"via":"command line"},"#
        + #""responded_at":"2026-11-23T22:14:01.123Z""#

    @Test("A response is told whole, passwords included, and what there is not is left out")
    func responded() throws {
        var message = Self.message()
        message.review?.status = .completed
        message.review?.responseJSON = #"{"n":3,"pass":"hunter2","x":3.5}"#
        message.review?.completedAt = Self.time
        message.review?.respondedBy = .commandLine
        #expect(
            try Self.text(.reviewResponded, message)
                == #"{"channelId":"c","digest":"d","event":"review:responded","message_id":"m","#
                + Self.responded + #","response":{"n":3,"pass":"hunter2","x":3.5},"#
                + #""review_type":"form"}"#
        )
        message.review?.feedback = "f"
        message.review?.modifiedFileIDsJSON = #"{"a":"b"}"#
        message.message.iteration = Iteration(groupID: "g", number: 2)
        #expect(
            try Self.text(.reviewResponded, message)
                == #"{"channelId":"c","digest":"d","event":"review:responded","feedback":"f","iteration":2,"#
                + #""iterationGroupId":"g","message_id":"m","modifiedFileIds":{"a":"b"},"#
                + Self.responded + #","response":{"n":3,"pass":"hunter2","x":3.5},"#
                + #""review_type":"form"}"#
        )
    }

    @Test("An expiry is told with the time it was due, and nothing more")
    func expired() throws {
        #expect(
            try Self.text(.reviewExpired, Self.message())
                == #"{"channelId":"c","event":"review:expired","expired_at":"2026-11-23T22:14:01.123Z","#
                + #""message_id":"m","review_type":"form"}"#
        )
    }

    @Test("A user's message is told as its agent reads it alone, passwords included")
    func created() throws {
        var message = Self.message()
        message.review?.responseJSON = #"{"pass":"hunter2"}"#
        let shown = String(buffer: try ByteBuffer.json(MessageJSON(message)))
        #expect(shown.contains("hunter2"))
        #expect(
            try Self.text(.messageCreated, message)
                == #"{"channelId":"c","event":"message:created","message":\#(shown)}"#
        )
    }

    private static func message() -> MessageWithParts {
        let message = Message(id: "m", channelID: "c", senderType: .agent, senderID: "c", createdAt: time)
        let payload = #"{"fields":[{"name":"pass","type":"password"}]}"#
        let review = Review(of: message, type: "form", payloadJSON: payload, digest: "d", expiresAt: time)
        return MessageWithParts(message: message, review: review)
    }

    private static func text(_ event: Delivery.Event, _ message: MessageWithParts) throws -> String {
        String(buffer: try ByteBuffer.json(WebhookEventJSON(event, message)))
    }
}
