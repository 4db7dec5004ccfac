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

/// Which reviews a list has.
package struct ReviewFilter: Sendable {
    /// The status at `now`; nil for all.
    package var status: Review.Status?
    /// What kind of question; nil for all.
    package var type: String?
    /// Part of the message's text, as in lists of messages; nil and empty mean all.
    package var search: String?
    package var now: Timestamp

    package init(status: Review.Status?, type: String? = nil, search: String? = nil, now: Timestamp) {
        self.status = status
        self.type = type
        self.search = search
        self.now = now
    }

    /// The statement for ``Querying/merged(_:in:from:_:limit:)``, and the values of its subquery.
    fileprivate var newest: (sql: Dialects, values: Arguments) {
        let parts =
            type == nil && status == nil ? [Part("TRUE")] : status.map(parts) ?? Review.Status.allCases.flatMap(parts)
        let (andType, typeValues): (String, Arguments) = type.map { (" AND type = ?", [$0]) } ?? ("", [])
        let subqueries = parts.map { part in
            """
            SELECT max(message_id) AS message_id FROM \(part.source)
            WHERE channel_id = merge.channel_id AND \(part.condition) AND message_id < merge.position\(andType)
            """
        }
        return (
            ChannelMerge.newestFirst(
                "SELECT max(message_id) FROM (\(subqueries.joined(separator: " UNION ALL "))) AS parts"
            ),
            parts.reduce([]) { $0 + $1.values + typeValues }
        )
    }

    private func parts(of status: Review.Status) -> [Part] {
        switch status {
        case .pending: [Part("status = 'pending' AND expires_at > ?", [now])]
        case .completed: [Part("status = 'completed'")]
        // Few have expired without the sweep having noted it: those are looked for by their time.
        case .expired:
            [
                Part("status = 'expired'"),
                Part("status = 'pending' AND expires_at <= ?", [now], source: "reviews INDEXED BY reviews_due"),
            ]
        }
    }

    /// Reviews that one index finds.
    private struct Part {
        let condition: String
        let values: Arguments
        let source: String

        init(_ condition: String, _ values: Arguments = [], source: String = "reviews") {
            (self.condition, self.values, self.source) = (condition, values, source)
        }
    }
}

/// How many reviews there are, and how many of them were answered lately.
package struct ReviewCounts: Sendable, Equatable {
    package var pending: Int
    package var completed: Int
    package var expired: Int
    package var completedSince: Int
}

extension Querying {
    /// The review in that message, without the rest of the message; for waiters, which look often. Nil also in another
    /// channel.
    package func review(ofMessage id: Message.ID, in channel: OwnedChannel) throws -> Review? {
        try one(SQL.review, [id, channel.id])
    }

    /// A page of the messages with reviews, newest first by id.
    package func reviews(
        in channels: OwnedChannels,
        _ filter: ReviewFilter,
        before: Message.ID? = nil,
        limit: Int
    ) throws -> MessagePage {
        if let term = SearchTerm(filter.search) {
            return try messages(Wanted(before: before, limit: limit, term: term, review: filter), in: channels)
        }
        let start = before ?? .afterAll
        // What agents ask most: one channel's, in one statement.
        if let id = channels.only, filter.status == .pending, filter.type == nil {
            return try page(SQL.pendingOfChannel, [id, start, filter.now, limit])
        }
        let (sql, values) = filter.newest
        let ids: [Message.ID] = try merged(sql, in: channels, from: start, values, limit: limit)
        return try page(SQL.byIDs, [jsonArray(of: ids)])
    }

    /// How many reviews there are, each figure up to `most`.
    ///
    /// - Parameter since: from when on answers count for ``ReviewCounts/completedSince``.
    package func reviewCounts(in channels: OwnedChannels, since: Timestamp, most: Int) throws -> ReviewCounts {
        func count(_ status: Review.Status) throws -> Int {
            try one(SQL.countByStatus, [status] + channels.arguments + [most]) ?? 0
        }
        return ReviewCounts(
            pending: try count(.pending),
            completed: try count(.completed),
            expired: try count(.expired),
            completedSince: try one(SQL.countCompleted, [since] + channels.arguments + [most]) ?? 0
        )
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

    /// Marks reviews as expired, the longest overdue first, at most `limit`, and returns whose they are. Their
    /// channels' feeds and webhooks are told that there is no answer.
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
        try settleNotices(of: messageID)
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
    static let byIDs = """
        SELECT \(weighedMessage) FROM \(MessageRow.source)
        WHERE messages.id IN (SELECT value FROM json_each(?)) ORDER BY messages.id DESC
        """
    static let answers = ChannelMerge.oldestFirst(
        "SELECT min(number) FROM answers WHERE channel_id = merge.channel_id AND number > merge.position"
    )
    static let byNumbers = """
        SELECT \(weighedMessage)
        FROM answers JOIN messages ON messages.id = answers.message_id \(MessageRow.withReview)
        WHERE answers.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?)) ORDER BY answers.number
        """
    static let countByStatus = counted("status = ?")
    static let countCompleted = counted("status = 'completed' AND completed_at >= ?")
    private static func counted(_ condition: String) -> String {
        """
        SELECT count(*) FROM (
            SELECT 1 FROM agents CROSS JOIN reviews ON reviews.channel_id = agents.id AND reviews.\(condition)
            WHERE \(OwnedChannels.condition) LIMIT ?
        ) AS counted
        """
    }
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
