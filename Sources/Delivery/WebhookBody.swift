import HTTP
import Index
import JSON

/// What a webhook says (contract section 5); what an event does not have is left out.
struct WebhookBody<View: Encodable>: Encodable {
    private let event: String
    private let channelId: String
    private var message: View?
    private var messageID: String?
    private var reviewType: String?
    private var response: JSONValue?
    private var respondedAt: Timestamp?
    private var expiredAt: Timestamp?
    private var feedback: String?
    private var modifiedFileIds: JSONValue?
    private var iterationGroupId: String?
    private var iteration: Int?

    private enum CodingKeys: String, CodingKey {
        case event, channelId, message, response, feedback, modifiedFileIds, iterationGroupId, iteration
        case messageID = "message_id"
        case reviewType = "review_type"
        case respondedAt = "responded_at"
        case expiredAt = "expired_at"
    }

    /// What `event` has to say of `message`, whose review is final by then. Passwords stand in it: the receiver asked.
    init(_ event: Delivery.Event, _ message: MessageWithParts, view: (MessageWithParts) -> View) throws {
        self.event = event.rawValue
        channelId = message.message.channelId
        if event == .messageCreated {
            self.message = view(message)
            return
        }
        messageID = message.id
        reviewType = message.review?.type
        if event == .reviewExpired {
            expiredAt = message.review?.expiresAt
            return
        }
        response = try message.review?.responseJSON.map(JSONValue.init(text:))
        respondedAt = message.review?.completedAt
        feedback = message.review?.feedback
        modifiedFileIds = try message.review?.modifiedFileIdsJSON.map(JSONValue.init(text:))
        iterationGroupId = message.message.iteration?.groupId
        iteration = message.message.iteration?.number
    }
}
