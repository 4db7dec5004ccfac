/// An agent, with what its user wants to see in a list of agents: what is new in its channel.
package struct AgentWithNews: Sendable, Equatable {
    /// Unread messages are counted up to here.
    package static let maxUnread = 1000
    /// How much of the last message is shown, in Unicode scalars.
    package static let maxTextLength = 200

    package var agent: Agent
    /// The agent's messages after the last one that was read. ``maxUnread`` stands for that many or more.
    package var unreadCount: Int
    /// The beginning of the newest message's text, empty when that has none; nil when the channel is empty.
    package var lastMessage: String?
    package var lastMessageTime: Timestamp?
}

extension AgentWithNews: RowReadable {
    init(row: inout Row) {
        agent = Agent(row: &row)
        unreadCount = row.next()
        lastMessage = row.next()
        lastMessageTime = row.next()
    }
}

// Of all messages, only the newest one's row is read. Counting uses an index.

extension Querying {
    /// The same page as ``agents(userID:before:limit:)``, with what is new in the channels. An agent with many unread
    /// messages takes some 100 µs.
    package func agentsWithNews(
        userID: User.ID,
        before: Agent.ID? = nil,
        limit: Int
    ) throws -> Page<AgentWithNews> {
        try weighed(
            SQL.withNews,
            [AgentWithNews.maxUnread, AgentWithNews.maxTextLength, userID, before ?? .afterAll, limit]
        )
    }

    /// How many of the agent's messages its user has not read yet, counted up to ``AgentWithNews/maxUnread``.
    package func unreadCount(in channel: OwnedChannel) throws -> Int {
        try one(SQL.unreadOfOne, [AgentWithNews.maxUnread, channel.id]) ?? 0
    }
}

extension Transaction {
    /// Notes that an agent's messages have been read, up to the given one or to the newest. Read messages never become
    /// unread: of two devices, the one that has read further counts.
    ///
    /// - Returns: false when the given message is not in the channel. An empty channel is fine without one.
    package func markRead(in channel: OwnedChannel, through messageID: Message.ID?) throws -> Bool {
        if let messageID {
            guard try exists(SQL.hasMessage, [messageID, channel.id]) else { return false }
        }
        let newest: Message.ID? = try one(SQL.newest, [channel.id])
        if let through = messageID ?? newest { try execute(SQL.markRead, [through, channel.id, through]) }
        return true
    }
}

private enum SQL {
    private static let unread = """
        (SELECT count(*) FROM (
            SELECT 1 FROM messages
            WHERE channel_id = agents.id AND sender_type = 'agent' AND id > coalesce(agents.read_through, '')
            LIMIT ?
        ) AS newest)
        """
    static let withNews = """
        SELECT \(agentWeight), \(Agent.columns), \(unread),
            (
                SELECT coalesce(substr(text, 1, CAST(? AS INTEGER)), '') FROM messages
                WHERE channel_id = agents.id ORDER BY id DESC LIMIT 1
            ),
            (SELECT created_at FROM messages WHERE channel_id = agents.id ORDER BY id DESC LIMIT 1)
        FROM agents WHERE user_id = ? AND id < ? AND removed_at IS NULL ORDER BY id DESC LIMIT ?
        """
    static let unreadOfOne = "SELECT \(unread) FROM agents WHERE id = ?"

    static let hasMessage = "SELECT 1 FROM messages WHERE id = ? AND channel_id = ?"
    static let newest = "SELECT id FROM messages WHERE channel_id = ? ORDER BY id DESC LIMIT 1"
    static let markRead = "UPDATE agents SET read_through = ? WHERE id = ? AND coalesce(read_through, '') < ?"
}
