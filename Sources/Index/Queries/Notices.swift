// The outbox of notices. Rows are made and changed in the unit that changes what they tell of, so a notice is neither
// lost nor of something that was not stored.

/// How many notices of a way come one by one within ``NoticeBurst/time``. The others come together at its end.
package enum NoticeBurst {
    package static let most = 3
    package static let time = Duration.seconds(5 * 60)
    /// Of messages that are no questions, no more than these wait for one way. They would be told together anyway.
    package static let mostWaiting = 500
}

extension Querying {
    /// The head of each way's queue, the longest due first. The work grows with the ways that have something to tell.
    package func nextNotices() throws -> [NextNotice] {
        try all(SQL.next)
    }
}

extension Transaction {
    /// Queues what a message of an agent tells its owner, by all ways that he has set up and as far as he wants to hear
    /// it.
    func enqueueNotices(of messageID: Message.ID, in channelID: Agent.ID) throws {
        // For most users there is none. To begin the whole statement costs each message some 10 µs and more.
        guard try exists(SQL.isAnywhere, [channelID]) else { return }
        if try execute(SQL.enqueue, [now, channelID, messageID]) > 0 { announcements.ring(.notices) }
    }

    /// Makes what was told of a message due to be taken back, and forgets what was not told yet.
    func settleNotices(of messageID: Message.ID) throws {
        let forgotten = try execute("DELETE FROM notices WHERE message_id = ? AND told IS NULL", [messageID])
        let settled = try execute(SQL.settle, [now, messageID])
        if forgotten + settled > 0 { announcements.ring(.notices) }
    }

    /// Repairs what a clock that was set back would hold up: nothing is put off for longer than the longest time of a
    /// question.
    func restartNoticesAfterClockWasSetBack() throws {
        if try execute(SQL.restart, [now, now + .seconds(36 * 60 * 60)]) > 0 { announcements.ring(.notices) }
    }
}

private enum SQL {
    /// Jumps in `notices_due` from way to way, and there to the first entry.
    static let next = """
        WITH RECURSIVE ways (id) AS (
            SELECT min(way_id) FROM notices WHERE due_at IS NOT NULL
            UNION ALL
            SELECT (SELECT min(way_id) FROM notices WHERE due_at IS NOT NULL AND way_id > ways.id)
            FROM ways WHERE ways.id IS NOT NULL
        )
        SELECT ways.id, notice_ways.user_id, (
            SELECT min(due_at) FROM notices WHERE due_at IS NOT NULL AND way_id = ways.id
        ) AS first_due
        FROM ways JOIN notice_ways ON notice_ways.id = ways.id
        ORDER BY first_due
        """
    /// Without settings, what ``NoticeSettings/init(of:)`` says.
    private static func wants(_ kind: String) -> String {
        """
        EXISTS (
            SELECT 1 FROM json_each(coalesce(kinds, '["question","reminder","problem"]')) WHERE value = \(kind)
        )
        """
    }
    static let isAnywhere = """
        SELECT 1 FROM agents JOIN notice_ways ON notice_ways.user_id = agents.user_id WHERE agents.id = ? LIMIT 1
        """
    // CROSS JOIN keeps the order: the ways of one user, and one message.
    static let enqueue = """
        INSERT INTO notices (way_id, message_id, kind, due_at)
        SELECT way_id, message_id, kind, CASE WHEN kind = 'reminder' THEN half_time ELSE ? END FROM (
            SELECT notice_ways.id AS way_id, messages.id AS message_id, messages.channel_id,
                \(Notice.halfTime) AS half_time, kinds, muted_channels, CASE
                    WHEN reviews.message_id IS NULL AND messages.status IN ('error', 'warning') THEN 'problem'
                    WHEN reviews.message_id IS NULL THEN 'message'
                    WHEN \(wants("'question'")) THEN 'question'
                    ELSE 'reminder'
                END AS kind
            FROM agents
            CROSS JOIN notice_ways ON notice_ways.user_id = agents.user_id
            CROSS JOIN messages ON true
            LEFT JOIN reviews ON reviews.message_id = messages.id
            LEFT JOIN notice_settings ON notice_settings.user_id = agents.user_id
            WHERE agents.id = ? AND agents.removed_at IS NULL
                AND messages.id = ? AND messages.sender_type = 'agent'
                AND messages.stream_state IS DISTINCT FROM 'streaming'
                AND (reviews.message_id IS NULL OR reviews.status = 'pending')
        ) AS found
        WHERE \(wants("kind"))
            AND NOT EXISTS (SELECT 1 FROM json_each(muted_channels) WHERE value = channel_id)
            AND (kind IN ('question', 'reminder') OR (
                SELECT count(*) FROM (
                    SELECT 1 FROM notices AS waiting
                    WHERE waiting.way_id = found.way_id AND waiting.due_at IS NOT NULL
                    LIMIT \(NoticeBurst.mostWaiting)
                ) AS others
            ) < \(NoticeBurst.mostWaiting))
        ON CONFLICT DO NOTHING
        """
    static let settle = """
        UPDATE notices SET kind = 'settled', due_at = ?, attempts = 0, held = 0 WHERE message_id = ?
        """
    static let restart = "UPDATE notices SET due_at = ? WHERE due_at > ?"
}
