import GRDB

/// An agent with what a person who lists agents wants to know: what is new in its channel. Encodes to the Agent with these
/// beside, the last message's only when there is one.
package struct AgentWithNews: Sendable, Equatable {
    /// How far unread messages are counted.
    static let maxUnread = 1000
    /// How much of the last message is shown, in Unicode scalars.
    static let maxTextLength = 200

    package var agent: Agent
    /// Messages of the agent after the last one that was read; ``maxUnread`` may be more.
    package var unreadCount: Int
    /// The beginning of the newest message's text, empty when it has none; nil when the channel is empty.
    package var lastMessage: String?
    package var lastMessageTime: Timestamp?
}

extension AgentWithNews: Encodable {
    private enum CodingKeys: CodingKey { case unreadCount, lastMessage, lastMessageTime }

    package func encode(to encoder: any Encoder) throws {
        try agent.encode(to: encoder)
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(unreadCount, forKey: .unreadCount)
        try object.encodeIfPresent(lastMessage, forKey: .lastMessage)
        try object.encodeIfPresent(lastMessageTime, forKey: .lastMessageTime)
    }
}

extension AgentWithNews: FetchableRecord {
    package init(row: Row) {
        agent = Agent(row: row)
        unreadCount = row[Agent.columnCount]
        lastMessage = row[Agent.columnCount + 1]
        lastMessageTime = row[Agent.columnCount + 2]
    }
}
