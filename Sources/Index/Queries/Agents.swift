import GRDB

extension Querying {
    /// Whether a channel exists and is this user's; which of the two fails is not told apart.
    package func owns(_ channelID: String, userID: String) throws -> Bool {
        try agent(id: channelID)?.userId == userID
    }

    /// The agent of that id, whoever owns it.
    package func agent(id: String) throws -> Agent? {
        try one(SQL.agentByID, [id])
    }

    /// The agents of one user, newest first.
    package func agents(userID: String) throws -> [Agent] {
        try all(SQL.agentsByUser, [userID])
    }
}

extension Transaction {
    /// Stores an agent; `IndexError.missingReference` when its user is gone, `.duplicate` when the id is taken.
    package func insert(_ agent: Agent) throws {
        try execute(
            SQL.insertAgent,
            [
                agent.id, agent.userId, agent.name, agent.description, agent.avatarUrl, agent.webhook?.url,
                agent.webhook?.headersJSON, agent.webhook?.authJSON, agent.webhook?.secret, agent.status,
                agent.statusMessage, agent.statusSince, agent.lastActiveAt, agent.tag,
                agent.createdAt,
            ]
        )
    }
}

private enum SQL {
    static let agentByID = "SELECT \(Agent.columns) FROM agents WHERE id = ?"
    static let agentsByUser = "SELECT \(Agent.columns) FROM agents WHERE user_id = ? ORDER BY id DESC"
    static let insertAgent = """
        INSERT INTO agents (\(Agent.columns), number)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(number), 0) + 1 FROM agents))
        """
}
