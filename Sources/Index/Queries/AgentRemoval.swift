// An agent may have a million messages, and deleting them at once would hold up the one writer for a minute. So a
// deleted agent is only marked, which hides it from every query. Its rows are removed in batches, also after a restart.

extension Querying {
    /// When rows of deleted agents are to be removed: a time in the past, or nil for never.
    package func nextRemoval() throws -> Timestamp? {
        try one("SELECT min(removed_at) FROM agents WHERE removed_at IS NOT NULL")
    }
}

extension Transaction {
    /// Deletes the agent of a channel, with everything in it. It disappears at once and for good.
    package func deleteAgent(in channel: OwnedChannel) throws {
        try removeAgent(channel.id)
        try note(.channelDeleted, nil, in: channel.id)
    }

    /// The same whoever owns the agent, because its user is being deleted.
    func removeAgent(_ id: Agent.ID) throws {
        guard try execute(SQL.mark, [now, id]) > 0 else { return }
        try execute("UPDATE api_keys SET default_channel_id = NULL WHERE default_channel_id = ?", [id])
        try endUploads(to: id)
        try announce(Change(.agentDeleted, channelID: id))
    }

    /// Removes rows of one deleted agent: at most `limit` messages with their parts, files or keys; in the end the agent
    /// itself.
    package func removeDeletedAgents(limit: Int) throws {
        guard let agentID: Agent.ID = try one(SQL.removed) else { return }
        let messages: [Message.ID] = try all(SQL.messages, [agentID, limit])
        for id in messages {
            try execute("DELETE FROM messages WHERE id = ?", [id])
            // For waiters on this message alone. The end of the channel has already been told.
            announcements.ring(.message(id))
        }
        announcements.ring(.notices)
        if messages.count == limit { return }
        if try execute(SQL.deleteFiles, [agentID, limit]) == limit { return }
        if try execute(SQL.deleteKeys, [agentID, agentID, limit]) == limit { return }
        try execute("DELETE FROM agents WHERE id = ?", [agentID])
    }
}

private enum SQL {
    static let mark = "UPDATE agents SET removed_at = ? WHERE id = ? AND removed_at IS NULL"
    static let removed = "SELECT id FROM agents WHERE removed_at IS NOT NULL ORDER BY removed_at LIMIT 1"
    static let messages = "SELECT id FROM messages WHERE channel_id = ? ORDER BY id DESC LIMIT ?"
    static let deleteFiles = """
        DELETE FROM attachments WHERE id IN (SELECT id FROM attachments WHERE channel_id = ? ORDER BY id LIMIT ?)
        """
    static let deleteKeys = """
        DELETE FROM idempotency_keys WHERE channel_id = ? AND (sender_type, key) IN (
            SELECT sender_type, key FROM idempotency_keys WHERE channel_id = ? LIMIT ?
        )
        """
}
