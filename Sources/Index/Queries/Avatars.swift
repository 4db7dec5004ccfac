import GRDB

extension Querying {
    /// The uploaded picture of an agent, whoever owns it.
    package func avatar(agentID: String) throws -> Avatar? {
        try one("SELECT mime_type, bytes FROM avatars WHERE agent_id = ?", [agentID])
    }
}

extension Transaction {
    /// Stores the picture of an agent in the place of the one before, and returns the agent, whose `avatarUrl` names it.
    package func setAvatar(_ avatar: Avatar, of agent: Agent) throws -> Agent {
        var agent = agent
        agent.avatarUrl = agent.avatarURL(at: now)
        try update(agent)
        try execute(SQL.setAvatar, [agent.id, avatar.mimeType, avatar.bytes, now])
        return agent
    }

    /// A picture lives as long as its agent's `avatarUrl` names it.
    func removeUnusedAvatar(of agent: Agent) throws {
        guard !agent.hasUploadedAvatar else { return }
        try execute("DELETE FROM avatars WHERE agent_id = ?", [agent.id])
    }
}

private enum SQL {
    static let setAvatar = """
        INSERT INTO avatars (agent_id, mime_type, bytes, updated_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (agent_id) DO UPDATE SET
            mime_type = excluded.mime_type, bytes = excluded.bytes, updated_at = excluded.updated_at
        """
}
