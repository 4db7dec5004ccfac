/// How an attempt to answer a review ended. Each review is `accepted` at most once.
package enum ReviewCompletion: Sendable, Equatable {
    case accepted
    case alreadyResponded
    /// It is past its time, whether or not the sweep has noted that.
    case expired
    /// The message does not exist, or has no review.
    case absent
}

/// A finished review that its agent has not acknowledged, with its place in the channel's feed.
package struct Answer: Sendable, Equatable {
    /// Grows with every review that finishes, also across restarts. No number is used twice.
    package var number: Int64
    package var message: MessageWithParts

    package init(number: Int64, message: MessageWithParts) {
        self.number = number
        self.message = message
    }
}

extension Querying {
    /// The review in that message, without the rest of the message; for waiters, which look often. Nil also in another
    /// channel.
    package func review(ofMessage id: Message.ID, in channel: OwnedChannel) throws -> Review? {
        try one(SQL.review, [id, channel.id])
    }

    /// A page of the messages with reviews, newest first by id.
    ///
    /// - Parameter status: the status at `now`; nil for all.
    package func reviews(
        in channels: OwnedChannels,
        status: Review.Status?,
        now: Timestamp,
        before: Message.ID? = nil,
        limit: Int
    ) throws -> MessagePage {
        let start = before ?? .afterAll
        // What agents ask most: one channel's, in one statement.
        if let id = channels.only, status == .pending {
            return try page(SQL.pendingOfChannel, [id, start, now, limit])
        }
        let (sql, filter): (String, Arguments) =
            switch status {
            case .pending: (SQL.pending, [now])
            case .completed: (SQL.completed, [])
            case .expired: (SQL.expired, [now])
            case nil: (SQL.all, [])
            }
        let ids: [Message.ID] = try merged(sql, in: channels, from: start, filter, limit: limit)
        return try page(SQL.byIDs, [jsonArray(of: ids)])
    }

    /// The finished reviews that their agents have not acknowledged, the first to finish first. `after` is the number
    /// of the last one that the agent has seen. There are fewer than `limit` when they are large.
    package func answers(in channels: OwnedChannels, after: Int64 = 0, limit: Int) throws -> [Answer] {
        let numbers: [Int64] = try merged(SQL.answers, in: channels, from: after, limit: limit)
        let messages = try page(SQL.byNumbers, ["[\(numbers.map(String.init).joined(separator: ","))]"]).rows
        return zip(numbers, messages).map { Answer(number: $0, message: $1) }
    }

    /// When the next review expires; a time in the past if the sweep is late.
    package func nextExpiry() throws -> Timestamp? {
        try one(SQL.nextExpiry)
    }
}

extension Transaction {
    /// Stores a review, which must be pending.
    func insert(_ review: Review) throws {
        try execute(SQL.insertReview, review.values)
    }

    /// Answers a review, unless it is answered already or past its time: from `expiresAt` on every response is refused.
    /// The answer goes to the channel's feed and to its webhook.
    package func complete(
        reviewOf messageID: Message.ID,
        in channel: OwnedChannel,
        responseJSON: String,
        feedback: String? = nil,
        modifiedFileIDsJSON: String? = nil,
        by responder: Responder
    ) throws -> ReviewCompletion {
        let values: Arguments = [
            responseJSON, feedback, modifiedFileIDsJSON, now, responder.userID, responder.name, responder.via,
            messageID, channel.id, now,
        ]
        if let messageID: Message.ID = try one(SQL.complete, values) {
            try finish(messageID, in: channel.id, .reviewResponded)
            try note(.reviewAnswered, messageID, in: channel.id)
            return .accepted
        }
        let status: Review.Status? = try one(SQL.status, [messageID, channel.id])
        return switch status {
        case .completed: .alreadyResponded
        case .pending, .expired: .expired
        case nil: .absent
        }
    }

    /// Marks reviews as expired, the longest overdue first, at most `limit`, and returns whose they are. Their channels' feeds
    /// and webhooks are told that there is no answer.
    @discardableResult
    package func expireDue(limit: Int) throws -> [Message.ID] {
        let expired: [Expired] = try all(SQL.expireDue, [now, limit])
        let oldestFirst = expired.sorted { ($0.expiresAt, $0.messageID) < ($1.expiresAt, $1.messageID) }
        for review in oldestFirst { try finish(review.messageID, in: review.channelID, .reviewExpired) }
        return oldestFirst.map(\.messageID)
    }

    private func finish(_ messageID: Message.ID, in channelID: Agent.ID, _ event: Delivery.Event) throws {
        try execute(SQL.insertAnswer, [channelID, messageID])
        try execute("UPDATE messages SET updated_at = ? WHERE id = ?", [now, messageID])
        try enqueueDelivery(event, messageID: messageID)
        try announce(Change(event.change, channelID: channelID, messageID: messageID))
    }
}

/// A review that has just expired. Many expire in one unit, so nothing large is read.
private struct Expired: RowReadable {
    let messageID: Message.ID
    let channelID: Agent.ID
    let expiresAt: Timestamp

    init(row: inout Row) {
        messageID = row.next()
        channelID = row.next()
        expiresAt = row.next()
    }
}

private enum SQL {
    static let review = "SELECT \(Review.columns) FROM reviews WHERE message_id = ? AND channel_id = ?"
    static let status = "SELECT status FROM reviews WHERE message_id = ? AND channel_id = ?"
    static let pendingOfChannel = """
        SELECT \(weighedMessage)
        FROM reviews JOIN messages ON messages.id = reviews.message_id
        WHERE reviews.channel_id = ? AND reviews.status = 'pending' AND reviews.message_id < ?
            AND reviews.expires_at > ?
        ORDER BY reviews.message_id DESC LIMIT ?
        """
    static let pending = ChannelMerge.newestFirst(
        """
        SELECT message_id FROM reviews
        WHERE channel_id = merge.channel_id AND status = 'pending' AND message_id < merge.position AND expires_at > ?
        ORDER BY message_id DESC LIMIT 1
        """
    )
    static let completed = newest("status = 'completed'")
    // Few have expired without the sweep having noted it: those are looked for by their time.
    static let expired = ChannelMerge.newestFirst(
        """
        SELECT max(message_id) FROM (
            SELECT max(message_id) AS message_id FROM reviews
            WHERE channel_id = merge.channel_id AND status = 'expired' AND message_id < merge.position
            UNION ALL
            SELECT max(message_id) FROM reviews INDEXED BY reviews_due
            WHERE status = 'pending' AND expires_at <= ? AND channel_id = merge.channel_id
                AND message_id < merge.position
        )
        """
    )
    static let all = newest("TRUE")
    private static func newest(_ condition: String) -> String {
        ChannelMerge.newestFirst(
            """
            SELECT max(message_id) FROM reviews
            WHERE channel_id = merge.channel_id AND \(condition) AND message_id < merge.position
            """
        )
    }
    static let byIDs = """
        SELECT \(weighedMessage) FROM messages WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC
        """
    static let answers = ChannelMerge.oldestFirst(
        "SELECT min(number) FROM answers WHERE channel_id = merge.channel_id AND number > merge.position"
    )
    static let byNumbers = """
        SELECT \(weighedMessage)
        FROM answers JOIN messages ON messages.id = answers.message_id
        WHERE answers.number IN (SELECT value FROM json_each(?)) ORDER BY answers.number
        """
    static let nextExpiry = "SELECT expires_at FROM reviews WHERE status = 'pending' ORDER BY expires_at LIMIT 1"
    static let insertReview = Review.columns.insert()
    static let complete = """
        UPDATE reviews
        SET status = 'completed', response = ?, feedback = ?, modified_file_ids = ?, completed_at = ?,
            responder_id = ?, responder_name = ?, responded_via = ?
        WHERE message_id = ? AND channel_id = ? AND status = 'pending' AND expires_at > ?
        RETURNING message_id
        """
    static let expireDue = """
        UPDATE reviews SET status = 'expired'
        WHERE message_id IN (
            SELECT message_id FROM reviews WHERE status = 'pending' AND expires_at <= ? ORDER BY expires_at LIMIT ?
        )
        RETURNING message_id, channel_id, expires_at
        """
    static let insertAnswer = "INSERT INTO answers (channel_id, message_id) VALUES (?, ?)"
}
