import Index
import JSON

/// The body of a webhook request (docs/api.md, "Webhooks"). Members that an event does not have are left out.
package struct WebhookEventJSON: Encodable, Sendable {
    let event: Delivery.Event
    let channelId: Agent.ID
    var message: MessageJSON?
    var messageID: Message.ID?
    var reviewType: String?
    var response: JSONText?
    var respondedAt: Timestamp?
    var respondedBy: ResponderJSON?
    var digest: String?
    var expiredAt: Timestamp?
    var feedback: String?
    var modifiedFileIds: JSONText?
    var iterationGroupId: Message.ID?
    var iteration: Int?

    private enum CodingKeys: String, CodingKey {
        case event, channelId, message, response, respondedBy, digest, feedback, modifiedFileIds, iterationGroupId,
            iteration
        case messageID = "message_id"
        case reviewType = "review_type"
        case respondedAt = "responded_at"
        case expiredAt = "expired_at"
    }

    /// What `event` says about `message`, whose review is final by then. Typed passwords are included: the receiver
    /// asked for them.
    package init(_ event: Delivery.Event, _ message: MessageWithParts) {
        self.event = event
        channelId = message.message.channelID
        if event == .messageCreated {
            self.message = MessageJSON(message)
            return
        }
        messageID = message.id
        reviewType = message.review?.type
        if event == .reviewExpired {
            expiredAt = message.review?.expiresAt
            return
        }
        response = message.review?.responseJSON.map(JSONText.init)
        respondedAt = message.review?.completedAt
        respondedBy = message.review.flatMap(ResponderJSON.init)
        digest = message.review?.digest
        feedback = message.review?.feedback
        modifiedFileIds = message.review?.modifiedFileIDsJSON.map(JSONText.init)
        iterationGroupId = message.message.iteration?.groupID
        iteration = message.message.iteration?.number
    }
}
