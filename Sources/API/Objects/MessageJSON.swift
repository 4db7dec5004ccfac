import Index
import JSON

/// A message with its review and its attachments (`Message` in docs/api.md).
package struct MessageJSON: JSONWritable {
    let id: Message.ID
    let channelId: Agent.ID
    let senderType: Message.SenderType
    let senderId: String
    let text: String?
    let status: Message.Status?
    var review: ReviewJSON?
    let metadata: JSONText?
    let deliveryStatus: Message.DeliveryStatus
    let iterationGroupId: Message.ID?
    let iteration: Int?
    let clientId: String?
    let streamId: String?
    @OrNull var streamState: Message.StreamState?
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let attachments: [AttachmentJSON]
    /// Only in lists and in what users see.
    var statusEvents: [StreamEventJSON]?
    /// Only when a user reads a single message.
    var agent: AgentJSON?

    /// A single message for its agent, which gets the passwords that a user typed: it asked for them.
    ///
    /// - Parameter texts: the text of the message's small files, by attachment id.
    package init(_ message: MessageWithParts, texts: [Attachment.ID: String] = [:]) {
        self.init(message, isRedacted: false, texts: texts)
    }

    /// A message in a list, or for a user: with status events, and with typed passwords hidden.
    package init(listed message: MessageWithParts) {
        self.init(message, isRedacted: true, texts: [:])
        statusEvents = message.statusEvents.map(StreamEventJSON.init)
    }

    /// The same, with the agent of its channel.
    package init(listed message: MessageWithParts, of agent: Agent) {
        self.init(listed: message)
        self.agent = AgentJSON(withoutWebhook: agent)
    }

    /// The same without the review's callback, whose headers may have secrets of the agent.
    package var withoutCallback: MessageJSON {
        var message = self
        message.review?.callback = nil
        return message
    }

    private init(_ parts: MessageWithParts, isRedacted: Bool, texts: [Attachment.ID: String]) {
        let message = parts.message
        id = message.id
        channelId = message.channelID
        senderType = message.senderType
        senderId = message.senderID
        text = message.text
        status = message.status
        review = parts.review.map { ReviewJSON($0, isRedacted: isRedacted) }
        metadata = message.metadataJSON.map(JSONText.init)
        deliveryStatus = message.deliveryStatus
        iterationGroupId = message.iteration?.groupID
        iteration = message.iteration?.number
        clientId = message.clientID
        streamId = message.streamID
        streamState = message.streamState
        createdAt = message.createdAt
        updatedAt = message.updatedAt
        attachments = parts.attachments.map { AttachmentJSON($0, text: texts[$0.id]) }
    }
}

extension MessageJSON {
    package func write(to writer: inout JSONWriter) throws {
        try writer.object {
            if let agent { try $0.member("agent", encoding: agent) }
            try $0.member("attachments", attachments)
            $0.member("channelId", channelId)
            $0.member("clientId", clientId)
            $0.member("createdAt", createdAt)
            $0.member("deliveryStatus", deliveryStatus)
            $0.member("id", id)
            $0.member("iteration", iteration)
            $0.member("iterationGroupId", iterationGroupId)
            $0.member("metadata", metadata)
            try $0.member("review", review)
            $0.member("senderId", senderId)
            $0.member("senderType", senderType)
            $0.member("status", status)
            if let statusEvents { try $0.member("statusEvents", statusEvents) }
            $0.member("streamId", streamId)
            $0.member("streamState", streamState)
            $0.member("text", text)
            $0.member("updatedAt", updatedAt)
        }
    }
}

/// The versions of one question, first to last.
package struct IterationsJSON: Encodable, Sendable {
    let groupId: Message.ID
    let iterations: [MessageJSON]

    /// Not in JSON: what the `Link` to the versions that follow names.
    package let nextCursor: String?

    private enum CodingKeys: CodingKey { case groupId, iterations }

    /// Nil without messages. A message that has no other versions is a group of its own.
    ///
    /// - Parameter found: at most one more than `limit`, as for ``PageJSON``.
    package init?(_ found: MessagePage, limit: Int) {
        guard let first = found.rows.first else { return nil }
        groupId = first.message.iteration?.groupID ?? first.id
        let page = PageJSON(found, limit: limit)
        (iterations, nextCursor) = (page.data, page.nextCursor)
    }
}
