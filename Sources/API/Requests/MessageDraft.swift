import Index
import JSON

/// A message as its agent sent it.
package struct MessageDraft: Sendable {
    package let id = Message.ID.make()
    package let channelID: Agent.ID
    package let text: String?
    package let status: Message.Status?
    package let metadata: JSONValue?
    package let webhookURL: String?
    package let attachmentIDs: [Attachment.ID]
    package let texts: [TextDraft]
    package let iterationOf: Message.ID?
    package let clientID: String?
    package let streamID: String?
    package let streamState: Message.StreamState?
    package let review: ReviewDraft?

    package init(_ fields: inout JSONFields) {
        channelID = fields.id("channelId")
        text = fields.optionalString("text")
        status = fields.optionalChoice("status")
        webhookURL = fields.optionalURL("webhookUrl")
        attachmentIDs = fields.optionalIDs("attachmentIds", count: Limits.attachments) ?? []
        iterationOf = fields.optionalID("iterationOf")
        clientID = fields.optionalGivenName("clientId")
        let metadata = fields.optionalObject("metadata")
        review = fields.optionalFields("review") { ReviewDraft(&$0) }
        self.metadata = review?.addingPlugin(to: metadata) ?? metadata
        texts = fields.optionalArray("textAttachments", count: Limits.textAttachments) { TextDraft(&$0) } ?? []
        streamID = fields.optionalGivenName("streamId")
        streamState = fields.optionalChoice("streamState")
        if streamState != nil, streamID == nil {
            fields.report("streamId", code: "required", "is required beside streamState")
        }
        let isEmpty = text?.isEmpty != false && review == nil && status == nil && attachmentIDs.isEmpty && texts.isEmpty
        if isEmpty { fields.refuse("Send at least one of text, review, status, attachmentIds and textAttachments") }
    }
}

/// A message as a user wrote it.
package struct UserMessageDraft: Sendable {
    package let id = Message.ID.make()
    package let channelID: Agent.ID
    package let text: String?
    package let attachmentIDs: [Attachment.ID]
    package let clientID: String?

    package init(_ fields: inout JSONFields) {
        channelID = fields.id("channelId")
        text = fields.optionalString("text")
        attachmentIDs = fields.optionalIDs("attachmentIds", count: Limits.attachments) ?? []
        clientID = fields.optionalGivenName("clientId")
        if text?.isEmpty != false, attachmentIDs.isEmpty {
            fields.refuse("Send at least one of text and attachmentIds")
        }
    }
}
