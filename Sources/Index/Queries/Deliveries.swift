/// The head of a channel's queue of deliveries.
package struct NextDelivery: Sendable, Equatable {
    package var channelID: Agent.ID
    package var userID: User.ID
    /// When it may be claimed, which may be in the past. Leases that run out count.
    package var dueAt: Timestamp

    package init(channelID: Agent.ID, userID: User.ID, dueAt: Timestamp) {
        self.channelID = channelID
        self.userID = userID
        self.dueAt = dueAt
    }
}

extension NextDelivery: RowReadable {
    /// Jumps in `deliveries_due` from channel to channel, and there to the first entry. A channel that is removed has
    /// its rows for a while, but nobody to tell.
    static let query = """
        WITH RECURSIVE channels (id) AS (
            SELECT min(channel_id) FROM deliveries WHERE state = 'pending'
            UNION ALL
            SELECT (SELECT min(channel_id) FROM deliveries WHERE state = 'pending' AND channel_id > channels.id)
            FROM channels WHERE channels.id IS NOT NULL
        )
        SELECT channels.id, agents.user_id, (
            SELECT min(next_attempt_at) FROM deliveries WHERE state = 'pending' AND channel_id = channels.id
        ) AS due_at
        FROM channels JOIN agents ON agents.id = channels.id
        WHERE agents.removed_at IS NULL
        ORDER BY due_at
        """

    init(row: inout Row) {
        channelID = row.next()
        userID = row.next()
        dueAt = row.next()
    }
}

extension Querying {
    /// How many events are neither delivered nor given up.
    package func pendingDeliveryCount() throws -> Int {
        try one("SELECT count(*) FROM deliveries WHERE state = 'pending'") ?? 0
    }

    /// The deliveries of a message in any channel, oldest first.
    package func deliveries(ofAnyMessage messageID: Message.ID) throws -> [Delivery] {
        try all(SQL.byMessage, [messageID])
    }

    /// The deliveries of a channel, or of one message in it, newest first by id.
    ///
    /// - Parameter before: the id of the last row on the page before; nil starts with the newest.
    package func deliveries(
        in channel: OwnedChannel,
        of messageID: Message.ID? = nil,
        before: Delivery.ID? = nil,
        limit: Int
    ) throws -> [Delivery] {
        let start = before ?? .afterAll
        guard let messageID else { return try all(SQL.byChannel, [channel.id, start, limit]) }
        return try all(SQL.byMessageInChannel, [messageID, channel.id, start, limit])
    }

    /// The head of each channel's queue, the longest due first. The work grows with the channels that have deliveries
    /// pending, not with their deliveries.
    package func nextDeliveries() throws -> [NextDelivery] {
        try all(NextDelivery.query)
    }
}

extension Transaction {
    /// Queues an event of a message, due now, if there is a URL for it: the message's, else the channel's, else that of
    /// the review's callback. The same event is queued only once.
    func enqueueDelivery(_ event: Delivery.Event, messageID: Message.ID) throws {
        let values: Arguments = [Delivery.ID.make(), event, now, now, messageID]
        if try execute(SQL.enqueue, values) > 0 { announcements.ring(.deliveries) }
    }

    /// Claims the channel's longest overdue delivery, of several the oldest, for the time of `lease`, after which it may
    /// be claimed again. Nil when none is due.
    package func claimDelivery(inAnyChannel id: Agent.ID, lease: Duration) throws -> Delivery? {
        try one(SQL.claim, [now + lease, id, now])
    }

    /// Notes that a delivery has arrived, whoever has claimed it by now. The message becomes `webhook_delivered`.
    package func deliverySucceeded(_ delivery: Delivery, status: Int) throws {
        announcements.ring(.deliveries)
        guard try execute(SQL.succeed, [now, status, now, delivery.id]) > 0 else { return }
        try setDeliveryStatus(.webhookDelivered, messageID: delivery.messageID)
    }

    /// Notes that an attempt failed. The message becomes `webhook_failed`, unless an event of it has arrived before.
    ///
    /// - Parameters:
    ///   - delivery: as it was claimed. Nothing happens if its lease has run out and it was claimed again.
    ///   - status: the receiver's status code, if it answered.
    ///   - pause: how long to wait before the next attempt; nil gives up.
    package func deliveryFailed(_ delivery: Delivery, status: Int?, error: String, retryAfter pause: Duration?) throws {
        let values: Arguments = [
            pause == nil ? Delivery.State.failed : .pending, pause.map { now + $0 }, pause == nil ? now : nil, now,
            status, error, delivery.id, delivery.nextAttemptAt,
        ]
        announcements.ring(.deliveries)
        guard try execute(SQL.fail, values) > 0 else { return }
        try setDeliveryStatus(.webhookFailed, messageID: delivery.messageID)
    }

    /// Makes a claimed delivery due again, as if it had not been tried: before those that were queued after it. Does
    /// nothing when it is gone.
    package func giveBack(_ delivery: Delivery) throws {
        announcements.ring(.deliveries)
        try execute(SQL.giveBack, [now, delivery.id, delivery.nextAttemptAt])
    }

    /// Repairs what a clock that was set back would hold up: every delivery whose last attempt, or whose event, seems to
    /// lie ahead of now waits for its pause from now on.
    package func restartPausesAfterClockWasSetBack() throws {
        if try execute(SQL.restartPauses, [now, now]) > 0 { announcements.ring(.deliveries) }
    }

    /// Makes all events of a message that have not arrived due now, with all their attempts ahead. False when there is
    /// nothing to send, or no URL to send it to.
    package func retryDelivery(ofMessage id: Message.ID, in channel: OwnedChannel) throws -> Bool {
        guard try execute(SQL.retry, [now, id, channel.id, id]) > 0 else { return false }
        announcements.ring(.deliveries)
        return true
    }
}

private enum SQL {
    static let byMessage = "SELECT \(Delivery.columns) FROM deliveries WHERE message_id = ? ORDER BY id"
    // The plus keeps SQLite from going through all deliveries of the channel in their order.
    static let byMessageInChannel = """
        SELECT \(Delivery.columns) FROM deliveries WHERE message_id = ? AND +channel_id = ? AND id < ?
        ORDER BY id DESC LIMIT ?
        """
    static let byChannel = """
        SELECT \(Delivery.columns) FROM deliveries WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?
        """
    private static let messageWithURL = """
        FROM messages
        JOIN agents ON agents.id = messages.channel_id
        LEFT JOIN reviews ON reviews.message_id = messages.id
        WHERE messages.id = ? AND agents.removed_at IS NULL
            AND coalesce(messages.webhook_url, agents.webhook_url, reviews.callback ->> '$.url') IS NOT NULL
        """
    static let enqueue = """
        INSERT INTO deliveries (id, channel_id, message_id, event, state, attempts, next_attempt_at, created_at)
        SELECT ?, messages.channel_id, messages.id, ?, 'pending', 0, ?, ? \(messageWithURL)
        ON CONFLICT (message_id, event) DO NOTHING
        """
    static let claim = """
        UPDATE deliveries SET next_attempt_at = ?
        WHERE id = (
            SELECT id FROM deliveries
            WHERE state = 'pending' AND channel_id = ? AND next_attempt_at <= ?
            ORDER BY next_attempt_at, id LIMIT 1
        )
        RETURNING \(Delivery.columns)
        """
    static let succeed = """
        UPDATE deliveries
        SET state = 'delivered', next_attempt_at = NULL, attempts = attempts + 1, attempted_at = ?,
            response_status = ?, error = NULL, finished_at = ?
        WHERE id = ? AND state <> 'delivered'
        """
    static let fail = """
        UPDATE deliveries
        SET state = ?, next_attempt_at = ?, finished_at = ?, attempts = attempts + 1, attempted_at = ?,
            response_status = ?, error = ?
        WHERE id = ? AND next_attempt_at = ?
        """
    static let giveBack = """
        UPDATE deliveries SET next_attempt_at = min(created_at, ?) WHERE id = ? AND next_attempt_at = ?
        """
    static let restartPauses = """
        UPDATE deliveries SET next_attempt_at = ? + next_attempt_at - coalesce(attempted_at, created_at)
        WHERE state = 'pending' AND coalesce(attempted_at, created_at) > ?
        """
    static let retry = """
        UPDATE deliveries SET state = 'pending', next_attempt_at = ?, finished_at = NULL, attempts = 0
        WHERE message_id = ? AND channel_id = ? AND state <> 'delivered' AND EXISTS (SELECT 1 \(messageWithURL))
        """
}
