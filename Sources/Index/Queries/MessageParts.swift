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

/// What one row has of a message: all but its files and its status events. Its columns are ``columns``, and come from
/// ``source`` or from a join of the same tables.
struct MessageRow: RowReadable, Sendable {
    let hasFiles: Bool
    let message: Message
    let review: Review?

    static let fileCount = "(SELECT count(*) FROM attachments WHERE attachments.message_id = messages.id)"
    static let columns = """
        \(fileCount), CASE WHEN reviews.message_id IS NULL THEN 0 ELSE 1 END, \(Message.columns), \(Review.columns)
        """
    static let withReview = "LEFT JOIN reviews ON reviews.message_id = messages.id"
    static let source = "messages \(withReview)"

    init(row: inout Row) {
        let (fileCount, hasReview): (Int, Bool) = (row.next(), row.next())
        hasFiles = fileCount > 0
        message = Message(row: &row)
        review = hasReview ? Review(row: &row) : nil
    }
}

extension Querying {
    /// The message of a statement's only row, with its parts; nil when there is none.
    func message(_ sql: String, _ arguments: Arguments) throws -> MessageWithParts? {
        var found: MessageRow?
        try connection.rows(sql, arguments) { row in
            var row = row
            found = MessageRow(row: &row)
            return false
        }
        return try found.flatMap { try withParts([$0]).first }
    }

    /// Messages with their parts. However many there are, it takes one more statement if there are files, and one if
    /// there are drafts.
    func withParts(_ rows: [MessageRow]) throws -> [MessageWithParts] {
        let withFiles = rows.filter(\.hasFiles).map(\.message.id)
        let attachments: [Attachment] = withFiles.isEmpty ? [] : try all(SQL.attachments, [jsonArray(of: withFiles)])
        let attachmentsByID = Dictionary(grouping: attachments, by: \.messageID)
        let drafts = rows.filter { $0.message.streamID != nil }.map(\.message.id)
        let events: [StreamEvent] = drafts.isEmpty ? [] : try all(SQL.statusEvents, [jsonArray(of: drafts)])
        let eventsByStream = Dictionary(grouping: events, by: \.streamID)
        let all = rows.map { row in
            MessageWithParts(
                message: row.message,
                review: row.review,
                attachments: row.hasFiles ? attachmentsByID[row.message.id] ?? [] : [],
                statusEvents: row.message.streamID.flatMap { eventsByStream[$0] } ?? []
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
