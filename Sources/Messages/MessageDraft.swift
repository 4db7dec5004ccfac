import API
import HTTP
import HTTPTypes
import Index
import JSON
import Store

/// A message as the agent sent it, checked and ready to be stored as often as the transaction needs.
struct MessageDraft: Sendable {
    let channelID: String
    let texts: [TextFile]
    private let id = Identifier.make()
    private let text: String?
    private let status: Message.Status?
    private let metadata: JSONValue?
    private let webhookURL: String?
    private let attachmentIDs: [String]
    private let iterationOf: String?
    private let clientID: String?
    private let streamID: String?
    private let streamState: Message.StreamState?
    private let review: ReviewDraft?

    init(_ fields: inout JSONFields) {
        channelID = fields.string("channelId", length: Limits.id)
        text = fields.optionalString("text")
        status = fields.optionalChoice("status")
        webhookURL = fields.optionalURL("webhookUrl")
        attachmentIDs = fields.optionalStrings("attachmentIds", count: Limits.attachments) ?? []
        iterationOf = fields.optionalString("iterationOf", length: Limits.id)
        clientID = fields.optionalString("clientId", length: Limits.id)
        let metadata = fields.optionalObject("metadata")
        review = fields.optionalFields("review") { ReviewDraft(&$0) }
        self.metadata = review?.addingPlugin(to: metadata) ?? metadata
        texts = fields.optionalArray("textAttachments", count: Limits.textAttachments) { TextFile(&$0) } ?? []
        streamID = fields.optionalString("streamId", length: Limits.id)
        streamState = fields.optionalChoice("streamState")
        if streamState != nil, streamID == nil {
            fields.report("streamId", code: "required", "is required beside streamState")
        }
        let isEmpty = text?.isEmpty != false && review == nil && status == nil && attachmentIDs.isEmpty && texts.isEmpty
        if isEmpty { fields.refuse("Send at least one of text, review, status, attachmentIds and textAttachments") }
    }

    /// Stores all of it; a repeat of the client id or the stream id stores nothing and gives the first message, which it
    /// may abort while that is a draft.
    ///
    /// - Parameter attachTexts: stores `texts` as attachments of a message that is stored by then.
    /// - Throws: ``APIError`` 400 when an attachment cannot be attached or `iterationOf` names no finished review.
    func store(_ tx: Transaction, _ attachTexts: (_ messageID: String) throws -> Void) throws -> MessageWithParts {
        if let first = try first(tx) { return try repeated(first, tx) }
        let message = Message(
            id: id,
            channelId: channelID,
            senderType: .agent,
            senderId: channelID,
            text: text,
            status: status,
            metadataJSON: try metadata?.encoded(),
            webhookUrl: webhookURL,
            iteration: try iteration(tx),
            clientId: clientID,
            streamId: streamID,
            streamState: streamID == nil ? nil : streamState ?? .streaming,
            createdAt: tx.now
        )
        let review = try review?.review(of: message, now: tx.now)
        let stored = try tx.insertOrKeepFirst(message, review: review)
        guard stored.id == id else { return try repeated(try whole(stored.id, tx), tx) }
        if attachmentIDs.isEmpty, texts.isEmpty, streamID == nil {
            return MessageWithParts(message: message, review: review)
        }
        try tx.attachAll(attachmentIDs, to: message)
        if !texts.isEmpty { try attachTexts(id) }
        return try whole(id, tx)
    }

    private func first(_ tx: Transaction) throws -> MessageWithParts? {
        if let clientID, let first = try tx.message(clientID: clientID, channelID: channelID) { return first }
        return try streamID.flatMap { try tx.message(streamID: $0, channelID: channelID) }
    }

    private func repeated(_ first: MessageWithParts, _ tx: Transaction) throws -> MessageWithParts {
        guard streamState == .aborted, first.message.streamState == .streaming else { return first }
        _ = try tx.updateDraft(id: first.id, text: nil, state: .aborted)
        return try whole(first.id, tx)
    }

    private func whole(_ id: String, _ tx: Transaction) throws -> MessageWithParts {
        guard let whole = try tx.message(id: id, channelID: channelID) else { throw APIError.messageNotFound }
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

extension TextFile {
    /// A text that is to be an attachment of the message it came with.
    fileprivate init(_ fields: inout JSONFields) {
        self.init(
            content: fields.string("content", length: 1...Int.max),
            filename: fields.optionalString("filename", length: Limits.givenFilename),
            declaredType: fields.optionalString("mimeType", length: Limits.givenType)
        )
    }
}
