extension Querying {
    /// When the next draft will have been idle for `idleTime`; a time in the past if the sweep is late.
    package func nextIdleDraft(after idleTime: Duration) throws -> Timestamp? {
        try one(SQL.longestIdle).map { (time: Timestamp) in time + idleTime }
    }
}

extension Querying {
    /// When the next status event without a draft ends; a time in the past if the sweep is late.
    package func nextStreamEventExpiry() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM stream_events WHERE expires_at IS NOT NULL")
    }
}

extension Querying {
    /// Whether the text of a message is this one; nil is none.
    package func hasText(_ text: String?, _ id: Message.ID, in channel: OwnedChannel) throws -> Bool {
        try exists(SQL.hasText, [id, channel.id, text])
    }
}

extension Transaction {
    /// Replaces the text and state of a draft. Without a text, the old one stays. False when the draft is gone or
    /// finished.
    ///
    /// - Parameter question: see ``changeQuestion(of:in:becoming:_:)``.
    /// - Throws: ``IndexError/frozen(_:)`` when another text would change a question that is answered or has expired.
    package func updateDraft(
        _ id: Message.ID,
        in channel: OwnedChannel,
        text: String?,
        state: Message.StreamState,
        becoming question: QuestionDigest? = nil
    ) throws -> Bool {
        let update = { try execute(SQL.updateDraft, [text, state, now, id, channel.id]) > 0 }
        let isOtherText = try text.map { try !hasText($0, id, in: channel) } ?? false
        guard try isOtherText ? changeQuestion(of: id, in: channel, becoming: question, update) : update() else {
            return false
        }
        if state != .streaming { try enqueueNotices(of: id, in: channel.id) }
        try announce(Change(.messageUpdated, channelID: channel.id, messageID: id))
        return true
    }

    /// Aborts drafts that nobody wrote to for `idleTime`, at most `limit`.
    package func abortIdleDrafts(after idleTime: Duration, limit: Int) throws {
        let idle: [IdleDraft] = try all(SQL.abortIdle, [now, now + (.zero - idleTime), limit])
        for draft in idle {
            try enqueueNotices(of: draft.id, in: draft.channelID)
            try announce(Change(.messageUpdated, channelID: draft.channelID, messageID: draft.id))
        }
    }

    /// Notes what the sender of a stream is doing. If its draft is there already, this keeps it alive as an update
    /// does. Nil when the stream already has ``StreamEvent/maxPerStream`` events.
    ///
    /// - Throws: ``IndexError/missingReference`` when the channel is gone.
    package func insertStreamEvent(
        id: StreamEvent.ID,
        in channel: OwnedChannel,
        streamID: String,
        text: String,
        toolHint: Bool
    ) throws -> StreamEvent? {
        let values: Arguments = [
            id, channel.id, streamID, text, toolHint, now, channel.id, streamID, now + StreamEvent.lifetime,
            channel.id, streamID, StreamEvent.maxPerStream,
        ]
        guard let event: StreamEvent = try one(SQL.insertEvent, values) else { return nil }
        if let draft: Message.ID = try one(SQL.touchDraft, [now, channel.id, streamID]) {
            try announce(Change(.messageUpdated, channelID: channel.id, messageID: draft))
        }
        return event
    }

    /// Removes status events whose draft has not come in time, at most `limit`.
    package func removeExpiredStreamEvents(limit: Int) throws {
        try execute(SQL.removeExpiredEvents, [now, limit])
    }
}

/// A draft that has just been aborted. Many are in one unit, so their texts are not read.
private struct IdleDraft: RowReadable {
    let id: Message.ID
    let channelID: Agent.ID

    init(row: inout Row) {
        id = row.next()
        channelID = row.next()
    }
}

private enum SQL {
    static let longestIdle = """
        SELECT active_at FROM live_drafts ORDER BY active_at LIMIT 1
        """
    static let hasText = "SELECT 1 FROM messages WHERE id = ? AND channel_id = ? AND text IS NOT DISTINCT FROM ?"
    static let updateDraft = """
        UPDATE messages SET text = coalesce(?, text), stream_state = ?, updated_at = ?
        WHERE id = ? AND channel_id = ? AND stream_state = 'streaming'
        """
    static let abortIdle = """
        UPDATE messages SET stream_state = 'aborted', updated_at = ?
        WHERE id IN (
            SELECT message_id FROM live_drafts WHERE active_at <= ? ORDER BY active_at LIMIT ?
        )
        RETURNING id, channel_id
        """
    static let insertEvent = """
        INSERT INTO stream_events (id, channel_id, stream_id, text, tool_hint, created_at, expires_at, number)
        SELECT ?, ?, ?, ?, ?, ?, CASE WHEN NOT EXISTS (
            SELECT * FROM messages WHERE channel_id = ? AND stream_id = ?
        ) THEN ? END, next FROM (
            SELECT coalesce(max(number), -1) + 1 AS next FROM stream_events WHERE channel_id = ? AND stream_id = ?
        ) AS numbers
        WHERE next < ?
        RETURNING \(StreamEvent.columns)
        """
    static let removeExpiredEvents = """
        DELETE FROM stream_events WHERE id IN (
            SELECT id FROM stream_events WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
        )
        """
    static let touchDraft = """
        UPDATE live_drafts SET active_at = ?
        WHERE message_id = (SELECT id FROM messages WHERE channel_id = ? AND stream_id = ?)
        RETURNING message_id
        """
}
