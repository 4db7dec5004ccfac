import GRDB

// What a person sees of agents: what is new, what has been read, and figures. Nothing here reads a message's row but the
// newest one's; counting goes by the indexes of `ListsMigration`.

extension Querying {
    /// The agents of one user with what is new in their channels, newest first. Some 100 µs for an agent with much unread.
    package func agentsWithNews(userID: String) throws -> [AgentWithNews] {
        try all(SQL.withNews, [AgentWithNews.maxUnread, AgentWithNews.maxTextLength, userID])
    }

    /// How many messages of the agent nobody has read yet, counted up to ``AgentWithNews/maxUnread``.
    package func unreadCount(agentID: String) throws -> Int {
        let unread = try db.cachedStatement(sql: SQL.unreadOfOne)
        return try Int.fetchOne(unread, arguments: [AgentWithNews.maxUnread, agentID]) ?? 0
    }

    /// What the agent's channel holds. Reads index entries or small rows of all of it, which may take seconds: see
    /// ``Index/readSlowly(_:)``.
    ///
    /// - Parameter statusLimit: how many of the agent's last statuses are wanted.
    package func figures(agentID: String, statusLimit: Int) throws -> AgentFigures {
        let byAgent = try number(SQL.messagesOfAgent, agentID)
        let reviews = try numbers(SQL.reviews, agentID)
        let deliveries = try numbers(SQL.deliveries, agentID)
        return AgentFigures(
            messages: .init(agent: byAgent, user: try number(SQL.messages, agentID) - byAgent),
            reviews: .init(
                pending: reviews["pending"] ?? 0,
                completed: reviews["completed"] ?? 0,
                expired: reviews["expired"] ?? 0
            ),
            files: .init(
                count: try number(SQL.files, agentID),
                bytes: try Int64.fetchOne(db.cachedStatement(sql: SQL.fileBytes), arguments: [agentID]) ?? 0
            ),
            deliveries: .init(
                pending: deliveries["pending"] ?? 0,
                delivered: deliveries["delivered"] ?? 0,
                failed: deliveries["failed"] ?? 0
            ),
            statuses: try statuses(agentID: agentID, limit: statusLimit)
        )
    }

    private func number(_ sql: String, _ agentID: String) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [agentID]) ?? 0
    }

    private func numbers(_ sql: String, _ agentID: String) throws -> [String: Int] {
        let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [agentID])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }
}

extension Transaction {
    /// Notes that an agent's messages have been read, up to that one or to the newest. What was read once stays so: of two
    /// readers the one who has come further counts.
    ///
    /// - Returns: false when there is no such message in the channel; the newest of an empty one is no such case.
    package func markRead(agentID: String, through messageID: String?) throws -> Bool {
        if let messageID {
            let found = try db.cachedStatement(sql: SQL.hasMessage)
            guard try Int.fetchOne(found, arguments: [messageID, agentID]) != nil else { return false }
        }
        let newest = try String.fetchOne(db.cachedStatement(sql: SQL.newest), arguments: [agentID])
        if let through = messageID ?? newest { try execute(SQL.markRead, [through, agentID, through]) }
        return true
    }
}

private enum SQL {
    private static let unread = """
        (SELECT count(*) FROM (
            SELECT 1 FROM messages
            WHERE channel_id = agents.id AND sender_type = 'agent' AND id > ifnull(agents.read_through, '')
            LIMIT ?
        ))
        """
    static let withNews = """
        SELECT \(Agent.columns), \(unread),
            (
                SELECT ifnull(substr(text, 1, ?), '') FROM messages
                WHERE channel_id = agents.id ORDER BY id DESC LIMIT 1
            ),
            (SELECT created_at FROM messages WHERE channel_id = agents.id ORDER BY id DESC LIMIT 1)
        FROM agents WHERE user_id = ? AND removed_at IS NULL ORDER BY id DESC
        """
    static let unreadOfOne = "SELECT \(unread) FROM agents WHERE id = ?"

    static let hasMessage = "SELECT 1 FROM messages WHERE id = ? AND channel_id = ?"
    static let newest = "SELECT id FROM messages WHERE channel_id = ? ORDER BY id DESC LIMIT 1"
    static let markRead = "UPDATE agents SET read_through = ? WHERE id = ? AND ifnull(read_through, '') < ?"

    static let messages = "SELECT count(*) FROM messages WHERE channel_id = ?"
    static let messagesOfAgent = "SELECT count(*) FROM messages WHERE channel_id = ? AND sender_type = 'agent'"
    static let reviews = "SELECT status, count(*) FROM reviews WHERE channel_id = ? GROUP BY status"
    static let files = "SELECT count(*) FROM attachments WHERE channel_id = ?"
    static let fileBytes = "SELECT ifnull(sum(size), 0) FROM attachments WHERE channel_id = ?"
    static let deliveries = "SELECT state, count(*) FROM deliveries WHERE channel_id = ? GROUP BY state"
}
