import HTTPTypes
import Index
import Routing

/// A message as the agent sent it, checked and ready to be stored as often as the transaction needs.
struct MessageDraft: Sendable {
    private static let maxAttachments = 1000

    let channelID: String
    private let id = Identifier.make()
    private let text: String?
    private let status: Message.Status?
    private let metadata: JSONValue?
    private let webhookURL: String?
    private let attachmentIDs: [String]
    private let iterationOf: String?
    private let clientID: String?
    private let review: ReviewDraft?

    /// - Throws: ``APIError`` 400 naming every field that is wrong, or that there is nothing to send.
    init(_ given: JSONFields) throws(APIError) {
        var fields = given
        channelID = fields.string("channelId", length: 1...500)
        text = fields.optionalString("text")
        status = fields.optionalChoice("status")
        webhookURL = fields.optionalURL("webhookUrl")
        attachmentIDs = fields.optionalStrings("attachmentIds", count: 0...Self.maxAttachments) ?? []
        iterationOf = fields.optionalString("iterationOf", length: 1...500)
        clientID = fields.optionalString("clientId", length: 1...500)
        let metadata = fields.optionalObject("metadata")
        review = fields.optionalFields("review") { ReviewDraft(&$0) }
        self.metadata = review?.addingPlugin(to: metadata) ?? metadata
        for name in ["textAttachments", "streamId", "streamState"] where fields.has(name) {
            fields.report(name, code: "unsupported", "is not supported yet; leave it out")
        }
        try fields.check()
        let hasText = text?.isEmpty == false
        guard hasText || review != nil || status != nil || !attachmentIDs.isEmpty else {
            throw APIError(.badRequest, "Send at least one of text, review, status and attachmentIds")
        }
    }

    /// Stores all of it; a repeat of the client id stores nothing and gives the first message.
    ///
    /// - Throws: ``APIError`` 400 when an attachment cannot be attached or `iterationOf` names no finished review.
    func store(_ tx: Transaction) throws -> MessageWithParts {
        if let clientID, let first = try tx.message(clientID: clientID, channelID: channelID) { return first }
        let message = Message(
            id: id,
            channelId: channelID,
            senderType: .agent,
            senderId: channelID,
            text: text,
            status: status,
            metadataJSON: try metadata?.text(),
            webhookUrl: webhookURL,
            iteration: try iteration(tx),
            clientId: clientID,
            createdAt: tx.now
        )
        let stored = try tx.insertOrKeepFirst(message, review: try review?.review(of: message, now: tx.now))
        if stored.id == id {
            let refused = try tx.attach(ids: attachmentIDs, to: message)
            guard refused.isEmpty else {
                let names = refused.joined(separator: ", ")
                throw APIError.invalid("attachmentIds", "are not free files of this channel: \(names)")
            }
        }
        guard let whole = try tx.message(id: stored.id, channelID: channelID) else { throw APIError.messageNotFound }
        return whole
    }

    private func iteration(_ tx: Transaction) throws -> Iteration? {
        guard let iterationOf else { return nil }
        guard let next = try tx.nextIteration(of: iterationOf, channelID: channelID) else {
            throw APIError.invalid("iterationOf", "must be a message of this channel whose review is finished")
        }
        return next
    }
}
