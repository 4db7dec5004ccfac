extension Querying {
    /// The uploaded picture of the channel's agent; nil when there is none.
    package func avatar(in channel: OwnedChannel) throws -> Avatar? {
        try one(SQL.avatar, [channel.id])
    }
}

extension Transaction {
    /// Stores an agent's picture in place of the last one. Returns the agent, whose `avatarURL` now names the picture.
    package func setAvatar(_ avatar: Avatar, of agent: Agent, in channel: OwnedChannel) throws -> Agent {
        var agent = agent
        agent.avatarURL = agent.avatarURL(at: now)
        try update(agent, in: channel)
        try execute(SQL.setAvatar, avatar.values + [agent.id, now])
        return agent
    }

    /// Deletes a picture that the agent's `avatarURL` no longer names.
    func removeUnusedAvatar(of agent: Agent) throws {
        guard !agent.hasUploadedAvatar else { return }
        try execute("DELETE FROM avatars WHERE agent_id = ?", [agent.id])
    }
}

private enum SQL {
    static let avatar = "SELECT \(Avatar.columns) FROM avatars WHERE agent_id = ?"
    static let setAvatar = """
        \(Avatar.columns.insert(and: [("agent_id", "?"), ("updated_at", "?")]))
        ON CONFLICT (agent_id) DO UPDATE SET
            mime_type = excluded.mime_type, bytes = excluded.bytes, updated_at = excluded.updated_at
        """
}
