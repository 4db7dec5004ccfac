/// A message with everything that belongs to it.
package struct MessageWithParts: Sendable, Equatable, Identifiable {
    package var message: Message
    package var review: Review?
    /// Sorted by id.
    package var attachments: [Attachment]
    /// What the sender said last that it was doing while it wrote the draft, at most ``StreamEvent/maxShown``, first to
    /// last.
    package var statusEvents: [StreamEvent]

    package var id: Message.ID { message.id }

    /// Whether an event loop should leave it to others to write it.
    package var isLarge: Bool { freeBytes > ReadLimit.small }

    /// The size of all that has no small limit of its own, in bytes.
    fileprivate var freeBytes: Int {
        let texts = [
            message.text, message.metadataJSON, review?.payloadJSON, review?.callbackJSON, review?.responseJSON,
            review?.feedback, review?.modifiedFileIDsJSON,
        ]
        return texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) } + statusEvents.reduce(0) { $0 + $1.text.utf8.count }
    }

    package init(
        message: Message,
        review: Review? = nil,
        attachments: [Attachment] = [],
        statusEvents: [StreamEvent] = []
    ) {
        self.message = message
        self.review = review
        self.attachments = attachments
        self.statusEvents = statusEvents
    }
}

extension Querying {
    /// The message with its parts.
    func withParts(_ message: Message?) throws -> MessageWithParts? {
        try message.flatMap { try withParts([$0]).first }
    }

    /// Messages with their parts. However many there are, it takes two more statements, or three if there are drafts.
    func withParts(_ messages: [Message]) throws -> [MessageWithParts] {
        if messages.isEmpty { return [] }
        let ids = jsonArray(of: messages.map(\.id))
        let reviews: [Review] = try all(SQL.reviews, [ids])
        let attachments: [Attachment] = try all(SQL.attachments, [ids])
        let reviewByID = Dictionary(uniqueKeysWithValues: reviews.map { ($0.messageID, $0) })
        let attachmentsByID = Dictionary(grouping: attachments, by: \.messageID)
        let hasStreams = messages.contains { $0.streamID != nil }
        let events: [StreamEvent] = hasStreams ? try all(SQL.statusEvents, [ids]) : []
        let eventsByStream = Dictionary(grouping: events, by: \.streamID)
        let all = messages.map { message in
            MessageWithParts(
                message: message,
                review: reviewByID[message.id],
                attachments: attachmentsByID[message.id] ?? [],
                statusEvents: message.streamID.flatMap { eventsByStream[$0] } ?? []
            )
        }
        if all.reduce(0, { $0 + $1.freeBytes }) > ReadLimit.bytes { throw IndexError.tooLarge }
        return all
    }
}

/// The number of a draft's last status event that is not shown with it, negative when all are; NULL without events.
let numberBeforeShownEvents = """
    (
        SELECT max(newest.number) - \(StreamEvent.maxShown) FROM stream_events AS newest
        WHERE newest.channel_id = messages.channel_id AND newest.stream_id = messages.stream_id
    )
    """

private enum SQL {
    static let reviews = "SELECT \(Review.columns) FROM reviews WHERE message_id IN (SELECT value FROM json_each(?))"
    static let statusEvents = """
        SELECT \(StreamEvent.columns)
        FROM messages JOIN stream_events
            ON stream_events.channel_id = messages.channel_id AND stream_events.stream_id = messages.stream_id
            AND stream_events.number > \(numberBeforeShownEvents)
        WHERE messages.id IN (SELECT value FROM json_each(?))
        ORDER BY stream_events.stream_id, stream_events.number
        """
    static let attachments = """
        SELECT \(Attachment.columns) FROM attachments WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY id
        """
}
