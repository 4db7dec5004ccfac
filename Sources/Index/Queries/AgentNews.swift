/// An agent with what a user who lists agents wants to know: what is new in its channel.
package struct AgentWithNews: Sendable, Equatable {
    /// How far unread messages are counted.
    package static let maxUnread = 1000
    /// How much of the last message is shown, in Unicode scalars.
    package static let maxTextLength = 200

    package var agent: Agent
    /// Messages of the agent after the last one that was read; ``maxUnread`` may be more.
    package var unreadCount: Int
    /// The beginning of the newest message's text, empty when it has none; nil when the channel is empty.
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

// Nothing here reads a message's row but the newest one's: counting goes by an index.

extension Querying {
    /// The agents of one user with what is new in their channels, newest first. Some 100 µs for an agent with much unread.
    package func agentsWithNews(userID: User.ID) throws -> [AgentWithNews] {
        try all(SQL.withNews, [AgentWithNews.maxUnread, AgentWithNews.maxTextLength, userID])
    }

    /// How many messages of the channel's agent nobody has read yet, counted up to ``AgentWithNews/maxUnread``.
    package func unreadCount(in channel: OwnedChannel) throws -> Int {
        try one(SQL.unreadOfOne, [AgentWithNews.maxUnread, channel.id]) ?? 0
    }
}

extension Transaction {
    /// Notes that an agent's messages have been read, up to that one or to the newest. What was read once stays so: of two
    /// readers the one who has come further counts.
    ///
    /// - Returns: false when there is no such message in the channel; the newest of an empty one is no such case.
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
}
