/// How far the deletion of a channel's old messages has come.
package struct RetentionStep: Sendable, Equatable {
    package var deleted = 0
    /// The last message that was looked at; nil at the end.
    package var last: Message.ID?
}

extension Querying {
    /// The next channel, in the order of ids, that keeps its messages for some days only.
    package func channelWithRetention(after id: Agent.ID?) throws -> Agent.ID? {
        try one(SQL.channel, [id ?? .beforeAll])
    }
}

extension Transaction {
    /// Deletes messages that are older than their channel keeps them, with their reviews and files: the oldest first,
    /// after `start`, and looks at `limit` of them at most.
    ///
    /// What somebody still waits for stays whatever its age: pending reviews, answers that the agent has not
    /// acknowledged, drafts that are written, events that are on their way to a webhook. Versions of one question go
    /// together, once none of them is to stay.
    ///
    /// - Parameter moment: what counts as now.
    package func removeOldMessages(
        in channelID: Agent.ID,
        after start: Message.ID?,
        at moment: Timestamp,
        limit: Int
    ) throws -> RetentionStep {
        guard let days: Int = try one(SQL.days, [channelID]) else { return RetentionStep() }
        let cutoff = moment + .seconds(-days * 24 * 60 * 60)
        let found: [OldMessage] = try all(
            SQL.old,
            [cutoff, channelID, start ?? .beforeAll, OrderedUUID.earliest(at: cutoff), cutoff, limit]
        )
        var step = RetentionStep(last: found.count == limit ? found.last?.id : nil)
        for message in found where !message.isKept {
            let contents: [String] = try all(SQL.contents, [message.id, message.groupID])
            let versions: [Message.ID] = try all(SQL.delete, [message.id, message.groupID])
            for content in contents { try execute(SQL.giveReason, [CollectionPlan.Reason.ageLimit, content]) }
            for id in versions { try announce(Change(.messageDeleted, channelID: channelID, messageID: id)) }
            step.deleted += versions.count
        }
        if step.deleted > 0 {
            try note(.messageDeleted, nil, in: channelID, count: step.deleted)
            announcements.ring(.notices)
        }
        return step
    }
}

private struct OldMessage: RowReadable {
    let id: Message.ID
    let groupID: Message.ID?
    /// It, or another version of the same question.
    let isKept: Bool

    init(row: inout Row) {
        id = row.next()
        groupID = row.next()
        isKept = row.next()
    }
}

private enum SQL {
    static let channel = """
        SELECT id FROM agents WHERE retention_days IS NOT NULL AND removed_at IS NULL AND id > ? ORDER BY id LIMIT 1
        """
    static let days = "SELECT retention_days FROM agents WHERE id = ? AND removed_at IS NULL"
    static let old = """
        SELECT id, iteration_group_id, \(isAwaited("messages")) OR EXISTS (
            SELECT 1 FROM messages AS other WHERE other.iteration_group_id = messages.iteration_group_id
                AND (other.created_at >= ? OR \(isAwaited("other")))
        )
        FROM messages WHERE channel_id = ? AND id > ? AND id < ? AND created_at < ? ORDER BY id LIMIT ?
        """
    static let contents = """
        SELECT DISTINCT sha256 FROM attachments
        WHERE message_id IN (SELECT id FROM messages WHERE id = ? OR iteration_group_id = ?)
        """
    static let delete = "DELETE FROM messages WHERE id = ? OR iteration_group_id = ? RETURNING id"
    // The trigger that lists a content only sees that the message has gone. One that a file still has is not listed.
    static let giveReason = "UPDATE unreferenced_blobs SET reason = ? WHERE sha256 = ?"

    private static func isAwaited(_ message: String) -> String {
        """
        (\(message).stream_state IS NOT DISTINCT FROM 'streaming'
            OR EXISTS (SELECT 1 FROM reviews WHERE message_id = \(message).id AND status = 'pending')
            OR EXISTS (SELECT 1 FROM answers WHERE message_id = \(message).id)
            OR EXISTS (SELECT 1 FROM deliveries WHERE message_id = \(message).id AND state = 'pending'))
        """
    }
}
