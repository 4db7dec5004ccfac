extension Querying {
    /// The agent of that id; nil when this user owns no such agent.
    package func agent(_ id: Agent.ID, ofUser user: ActingUser) throws -> Agent? {
        try one(SQL.agentOfUser, [id, user.id])
    }

    /// Whether the id is taken by an agent of anybody's, also by a deleted one whose rows are not removed yet.
    package func isTaken(_ id: Agent.ID) throws -> Bool {
        try exists("SELECT 1 FROM agents WHERE id = ?", [id])
    }

    /// A page of a user's agents, newest first by id. It is shorter than `limit` when they are large.
    ///
    /// - Parameter before: the id of the last row on the page before; nil starts with the newest.
    package func agents(userID: User.ID, before: Agent.ID? = nil, limit: Int) throws -> Page<Agent> {
        try weighed(SQL.agentsByUser, [userID, before ?? .afterAll, limit])
    }
}

extension Transaction {
    /// Stores an agent.
    ///
    /// - Throws: ``IndexError/missingReference`` when its user is deleted, ``IndexError/duplicate`` when the id is taken.
    package func insert(_ agent: Agent) throws {
        try insert(SQL.insertAgent, agent.values, of: agent.userID)
        try note(.channelCreated, nil, in: agent.id)
        try announce(Change(.agentStatus, channelID: agent.id))
    }

    /// Stores what can change about an agent: name, description, avatar, tag, webhook, quota and retention. An uploaded
    /// picture is deleted when `avatarURL` no longer names it. What changes nothing is not noted.
    package func update(_ agent: Agent, in channel: OwnedChannel) throws {
        try channel.check(agent.id)
        guard try self.agent(agent.id, ofUser: ActingUser(id: agent.userID)) != agent else { return }
        try execute(
            SQL.updateAgent,
            [
                agent.name, agent.description, agent.avatarURL, agent.tag, agent.webhook?.url,
                agent.webhook?.headersJSON, agent.webhook?.authJSON, agent.webhook?.secret,
                agent.webhook?.oldSecret?.text, agent.webhook?.oldSecret?.end, agent.quotaBytes,
                agent.retentionDays, agent.id,
            ]
        )
        try announce(Change(.agentStatus, channelID: agent.id))
        try note(.channelChanged, nil, in: agent.id)
        try removeUnusedAvatar(of: agent)
    }

    /// Notes that the agent is alive and what it is doing, and returns it. `statusSince` moves only when the status
    /// changes. The last ``Agent/maxStatuses`` statuses and messages are kept as its history.
    package func ping(
        _ agent: Agent,
        in channel: OwnedChannel,
        status: Agent.Status,
        message: String?
    ) throws -> Agent {
        try channel.check(agent.id)
        var agent = agent
        let isNews = agent.status != status || agent.statusMessage != message || agent.statusSince == nil
        if agent.status != status || agent.statusSince == nil { agent.statusSince = now }
        agent.status = status
        agent.statusMessage = message
        agent.lastActiveAt = now
        try execute(SQL.ping, [agent.status, agent.statusMessage, agent.statusSince, now, agent.id])
        guard isNews else { return agent }
        try execute(SQL.insertStatus, [OrderedUUID.make(), agent.id, status, message, now])
        try execute(SQL.forgetStatuses, [agent.id, agent.id, Agent.maxStatuses])
        try announce(Change(.agentStatus, channelID: agent.id))
        return agent
    }
}

/// What an agent said it was doing, and since when.
package struct AgentStatusEntry: Sendable, Equatable, RowReadable {
    package let status: Agent.Status
    package let message: String?
    package let since: Timestamp

    init(row: inout Row) {
        status = row.next()
        message = row.next()
        since = row.next()
    }
}

extension Querying {
    /// An agent's latest statuses, newest first.
    package func statuses(in channel: OwnedChannel, limit: Int) throws -> [AgentStatusEntry] {
        try all(SQL.statuses, [channel.id, limit])
    }
}

/// What an agent counts in a list, see ``PageWeight``.
let agentWeight = """
    \(PageWeight.ofRow) + coalesce(length(description), 0) + coalesce(length(avatar_url), 0)
        + coalesce(length(webhook_url), 0) + coalesce(length(webhook_headers), 0) + coalesce(length(webhook_auth), 0)
    """

private enum SQL {
    static let agentOfUser = """
        SELECT \(Agent.columns) FROM agents WHERE id = ? AND user_id = ? AND removed_at IS NULL
        """
    static let agentsByUser = """
        SELECT \(agentWeight), \(Agent.columns) FROM agents
        WHERE user_id = ? AND id < ? AND removed_at IS NULL ORDER BY id DESC LIMIT ?
        """
    static let updateAgent = """
        UPDATE agents
        SET name = ?, description = ?, avatar_url = ?, tag = ?, webhook_url = ?, webhook_headers = ?, webhook_auth = ?,
            webhook_secret = ?, webhook_old_secret = ?, webhook_old_secret_until = ?,
            quota_bytes = ?, retention_days = ?
        WHERE id = ?
        """
    static let ping = """
        UPDATE agents SET status = ?, status_message = ?, status_since = ?, last_active_at = ? WHERE id = ?
        """
    static let insertStatus = "INSERT INTO agent_statuses (id, agent_id, status, message, since) VALUES (?, ?, ?, ?, ?)"
    static let forgetStatuses = """
        DELETE FROM agent_statuses WHERE agent_id = ? AND id <= (
            SELECT id FROM agent_statuses WHERE agent_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?
        )
        """
    static let statuses = """
        SELECT status, message, since FROM agent_statuses WHERE agent_id = ? ORDER BY id DESC LIMIT ?
        """
    static let insertAgent = Agent.columns.insert(
        and: [("number", "(SELECT coalesce(max(number), 0) + 1 FROM agents)")],
        where: User.isThere
    )
}
