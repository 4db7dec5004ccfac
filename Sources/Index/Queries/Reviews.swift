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

    /// A page of the channel's messages that wait for an answer at `now`, newest first by id.
    package func pendingReviews(
        in channel: OwnedChannel,
        now: Timestamp,
        before: Message.ID? = nil,
        limit: Int
    ) throws -> MessagePage {
        try page(SQL.pending, [channel.id, before ?? .afterAll, now, limit])
    }

    /// A page of the messages with reviews in a user's channels, newest first by id.
    ///
    /// - Parameters:
    ///   - channel: only reviews in this channel; nil for all.
    ///   - status: the status at `now`; nil for all.
    package func reviews(
        ofUser user: ActingUser,
        in channel: OwnedChannel? = nil,
        status: Review.Status?,
        now: Timestamp,
        before: Message.ID? = nil,
        limit: Int
    ) throws -> MessagePage {
        let cursor = before ?? .afterAll
        let sql =
            switch status {
            case .pending: SQL.pendingOfUser
            case .completed: SQL.completedOfUser
            case .expired: SQL.expiredOfUser
            case nil: SQL.reviewsOfUser
            }
        return try page(sql, [user.id, channel?.id, channel?.id, cursor, now, limit])
    }

    /// The channel's finished reviews that its agent has not acknowledged, the first to finish first. `after` is the
    /// number of the last one that the agent has seen. There are fewer than `limit` when they are large.
    package func answers(in channel: OwnedChannel, after: Int64 = 0, limit: Int) throws -> [Answer] {
        let messages = try page(SQL.answers, [channel.id, after, limit]).messages
        let numbers: [Int64] = try all(SQL.answerNumbers, [channel.id, after, limit])
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
        if let review: Review = try one(SQL.complete, values) {
            try finish(review, .reviewResponded)
            return .accepted
        }
        let review: Review? = try one(SQL.review, [messageID, channel.id])
        return switch review?.status {
        case .completed: .alreadyResponded
        case .pending, .expired: .expired
        case nil: .absent
        }
    }

    /// Marks reviews as expired, the longest overdue first, at most `limit`, and returns them. Their channels' feeds
    /// and webhooks are told that there is no answer.
    @discardableResult
    package func expireDue(limit: Int) throws -> [Review] {
        let expired: [Review] = try all(SQL.expireDue, [now, limit])
        let oldestFirst = expired.sorted { ($0.expiresAt, $0.messageID) < ($1.expiresAt, $1.messageID) }
        for review in oldestFirst { try finish(review, .reviewExpired) }
        return oldestFirst
    }

    private func finish(_ review: Review, _ event: Delivery.Event) throws {
        try execute(SQL.insertAnswer, [review.channelID, review.messageID])
        try execute("UPDATE messages SET updated_at = ? WHERE id = ?", [now, review.messageID])
        try enqueueDelivery(event, messageID: review.messageID)
        try announce(Change(event.change, channelID: review.channelID, messageID: review.messageID))
    }
}

private enum SQL {
    static let review = "SELECT \(Review.columns) FROM reviews WHERE message_id = ? AND channel_id = ?"
    static let pending = """
        SELECT \(weighedMessage)
        FROM reviews JOIN messages ON messages.id = reviews.message_id
        WHERE reviews.channel_id = ? AND reviews.message_id < ? AND reviews.status = 'pending'
            AND reviews.expires_at > ?
        ORDER BY reviews.message_id DESC LIMIT ?
        """
    private static func ofUser(_ condition: String) -> String {
        """
        SELECT \(weighedMessage)
        FROM agents
        JOIN reviews ON reviews.channel_id = agents.id
        JOIN messages ON messages.id = reviews.message_id
        WHERE agents.user_id = ? AND agents.removed_at IS NULL AND (? IS NULL OR agents.id = ?)
            AND reviews.message_id < ? AND \(condition)
        ORDER BY reviews.message_id DESC LIMIT ?
        """
    }
    static let pendingOfUser = ofUser("reviews.status = 'pending' AND reviews.expires_at > ?")
    static let completedOfUser = ofUser("reviews.status = 'completed' AND ? IS NOT NULL")
    static let expiredOfUser = ofUser(
        "reviews.status IN ('expired', 'pending') AND (reviews.status = 'expired' OR reviews.expires_at <= ?)"
    )
    static let reviewsOfUser = ofUser("? IS NOT NULL")
    static let answers = """
        SELECT \(weighedMessage)
        FROM answers JOIN messages ON messages.id = answers.message_id
        WHERE answers.channel_id = ? AND answers.number > ?
        ORDER BY answers.number LIMIT ?
        """
    static let answerNumbers = """
        SELECT number FROM answers WHERE channel_id = ? AND number > ? ORDER BY number LIMIT ?
        """
    static let nextExpiry = "SELECT expires_at FROM reviews WHERE status = 'pending' ORDER BY expires_at LIMIT 1"
    static let insertReview = Review.columns.insert()
    static let complete = """
        UPDATE reviews
        SET status = 'completed', response = ?, feedback = ?, modified_file_ids = ?, completed_at = ?,
            responder_id = ?, responder_name = ?, responded_via = ?
        WHERE message_id = ? AND channel_id = ? AND status = 'pending' AND expires_at > ?
        RETURNING \(Review.columns)
        """
    static let expireDue = """
        UPDATE reviews SET status = 'expired'
        WHERE message_id IN (
            SELECT message_id FROM reviews WHERE status = 'pending' AND expires_at <= ? ORDER BY expires_at LIMIT ?
        )
        RETURNING \(Review.columns)
        """
    static let insertAnswer = "INSERT INTO answers (channel_id, message_id) VALUES (?, ?)"
}
