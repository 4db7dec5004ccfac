import Index
import JSON

/// A message from an agent, and what is stored beside it. At least one of text, review, status, files and texts must be
/// there.
package struct MessageDraft: Sendable {
    /// What the transaction stores, once it has set the times and the iteration. Its id is made before, because the
    /// transaction may run more than once.
    package let message: Message
    package let review: ReviewDraft?
    package let attachmentIDs: [Attachment.ID]
    package let texts: [TextDraft]
    /// The earlier version of this question, if it has one.
    package let iterationOf: Message.ID?

    /// - Parameter channel: where it goes when it names none.
    package init(_ fields: inout JSONFields, default channel: Agent.ID?) {
        let channelID = fields.channelID(default: channel)
        var message = Message(
            id: .make(),
            channelID: channelID,
            senderType: .agent,
            senderID: channelID.rawValue,
            createdAt: .now()
        )
        message.text = fields.optionalString("text")
        message.status = fields.optionalChoice("status")
        message.webhookURL = fields.optionalWebhookURL("webhookUrl")
        attachmentIDs = fields.optionalIDs("attachmentIds", count: Limits.attachments) ?? []
        iterationOf = fields.optionalID("iterationOf")
        message.clientID = fields.optionalGivenName("clientId")
        let metadata = fields.optionalObject("metadata")
        review = fields.optionalFields("review") { [text = message.text] in ReviewDraft(&$0, text: text) }
        // Written here and not when it is stored: of 8 MiB this takes a second, and there is one writer.
        message.metadataJSON = (review?.addingPlugin(to: metadata) ?? metadata)?.encoded()
        texts = fields.optionalArray("textAttachments", count: Limits.textAttachments) { TextDraft(&$0) } ?? []
        message.streamID = fields.optionalGivenName("streamId")
        message.streamState = fields.optionalChoice("streamState")
        if message.streamState != nil, message.streamID == nil {
            fields.report("streamId", code: "required", "is required beside streamState")
        }
        if message.streamID != nil { message.streamState = message.streamState ?? .streaming }
        let isEmpty =
            message.text?.isEmpty != false && review == nil && message.status == nil && attachmentIDs.isEmpty
            && texts.isEmpty
        if isEmpty { fields.refuse("Send at least one of text, review, status, attachmentIds and textAttachments") }
        self.message = message
    }
}

/// A message from a user, who has fewer members to fill in: no review, no draft, no metadata.
package struct UserMessageDraft: Sendable {
    /// What the transaction stores, once it has set the times.
    package let message: Message
    package let attachmentIDs: [Attachment.ID]

    package init(_ fields: inout JSONFields, by userID: User.ID) {
        var message = Message(
            id: .make(),
            channelID: fields.id("channelId"),
            senderType: .user,
            senderID: userID.rawValue,
            createdAt: .now()
        )
        message.text = fields.optionalString("text")
        attachmentIDs = fields.optionalIDs("attachmentIds", count: Limits.attachments) ?? []
        message.clientID = fields.optionalGivenName("clientId")
        if message.text?.isEmpty != false, attachmentIDs.isEmpty {
            fields.refuse("Send at least one of text and attachmentIds")
        }
        self.message = message
    }
}
