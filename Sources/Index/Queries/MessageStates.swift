/// How an attempt to delete a message ended.
package enum MessageDeletion: Sendable, Equatable {
    case deleted
    /// Other versions of the question exist, so the message stays.
    case hasIterations
    /// There is no such message in the channel.
    case absent
}

extension Transaction {
    /// Deletes a message with its review and its attachments, but not their bytes.
    package func deleteMessage(_ id: Message.ID, in channel: OwnedChannel) throws -> MessageDeletion {
        if try execute(SQL.delete, [id, channel.id]) > 0 {
            try announce(Change(.messageDeleted, channelID: channel.id, messageID: id))
            try note(.messageDeleted, id, in: channel.id)
            announcements.ring(.notices)
            return .deleted
        }
        return try exists(SQL.exists, [id, channel.id]) ? .hasIterations : .absent
    }

    /// Notes that the agent has the message, which is final, and takes its answer off the feed if there is one. False
    /// when there is no such message in the channel.
    @discardableResult
    package func acknowledge(_ id: Message.ID, in channel: OwnedChannel) throws -> Bool {
        guard try exists(SQL.exists, [id, channel.id]) else { return false }
        try execute("DELETE FROM answers WHERE message_id = ?", [id])
        try setDeliveryStatus(.agentReceived, messageID: id)
        return true
    }

    /// Notes how far the message has come. False when it is gone or no change is due: a delivered message stays
    /// delivered whatever fails later, and one that the agent has stays so for good.
    @discardableResult
    func setDeliveryStatus(_ status: Message.DeliveryStatus, messageID: Message.ID) throws -> Bool {
        let channelID: Agent.ID? = try one(SQL.setDeliveryStatus, [status, now, messageID, status, status])
        guard let channelID else { return false }
        try announce(Change(.messageDelivery, channelID: channelID, messageID: messageID))
        return true
    }

    /// The place for the next version of a message. If the message has no group yet, one begins with it. Nil unless the
    /// message is in the channel and its review is finished.
    ///
    /// Insert the version in the same unit. If another version takes the place first, that throws
    /// ``IndexError/duplicate``.
    package func nextIteration(of messageID: Message.ID, in channel: OwnedChannel) throws -> Iteration? {
        let target = try message(messageID, in: channel)
        guard let target, let review = target.review, review.status(at: now) != .pending else { return nil }
        if try execute(SQL.beginGroup, [now, messageID]) > 0 {
            try announce(Change(.messageUpdated, channelID: channel.id, messageID: messageID))
        }
        let groupID = target.message.iteration?.groupID ?? messageID
        return try one(SQL.nextNumber, [groupID]).map { Iteration(groupID: groupID, number: $0) }
    }
}

private enum SQL {
    static let exists = "SELECT 1 FROM messages WHERE id = ? AND channel_id = ?"
    static let delete = """
        DELETE FROM messages WHERE id = ? AND channel_id = ? AND NOT EXISTS (
            SELECT * FROM messages AS other
            WHERE other.iteration_group_id = messages.iteration_group_id AND other.id <> messages.id
        )
        """
    static let setDeliveryStatus = """
        UPDATE messages SET delivery_status = ?, updated_at = ?
        WHERE id = ? AND delivery_status NOT IN ('agent_received', ?)
            AND NOT (delivery_status = 'webhook_delivered' AND ? = 'webhook_failed')
        RETURNING channel_id
        """
    static let beginGroup = """
        UPDATE messages SET iteration_group_id = id, iteration = 1, updated_at = ?
        WHERE id = ? AND iteration_group_id IS NULL
        """
    static let nextNumber = "SELECT max(iteration) + 1 FROM messages WHERE iteration_group_id = ?"
}
