/// The search numbers of a channel's messages, from newest to those before a given one.
struct SearchRange {
    /// A channel's number is above these bits of a search number: a million million messages for each.
    static let bits = 40

    /// Both excluded.
    let lower: Int64
    let upper: Int64
}

extension Querying {
    /// Nil when the channel does not exist, or has nothing before `cursor`.
    func searchRange(channelID: Agent.ID, before cursor: Message.ID?) throws -> SearchRange? {
        guard let number: Int64 = try one(SQL.channelNumber, [channelID]) else { return nil }
        let lower = number << SearchRange.bits
        guard let cursor else { return SearchRange(lower: lower, upper: (number + 1) << SearchRange.bits) }
        // Numbers follow ids, so the newest message before the cursor has the highest number before it.
        let newest: Int64? = try one(SQL.newestBefore, [channelID, cursor])
        return newest.map { SearchRange(lower: lower, upper: $0 + 1) }
    }
}

extension Transaction {
    /// Lets the messages of a channel that are newer than `messageID` follow it in number, as they do by id.
    ///
    /// A message gets the number after the channel's last. Hardly ever is a newer one there already: its id was made
    /// later but its unit came first. The cost is one look-up, and one update for each of those.
    func numberNewerMessages(than messageID: Message.ID, channelID: Agent.ID) throws {
        let newer: [Message.ID] = try all(SQL.newer, [channelID, messageID])
        for id in newer {
            try execute(SQL.moveToEnd, [channelID, id])
        }
    }
}

/// The number after the last one of the channel that is the statement's next argument; NULL without that channel.
let nextSearchNumber = """
    (SELECT 1 + coalesce(
        (SELECT search_number FROM messages
            WHERE search_number > agents.number << 40 AND search_number < (agents.number + 1) << 40
            ORDER BY search_number DESC LIMIT 1),
        agents.number << 40)
    FROM agents WHERE agents.id = ?)
    """

private enum SQL {
    static let channelNumber = "SELECT number FROM agents WHERE id = ?"
    static let newestBefore = """
        SELECT search_number FROM messages WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT 1
        """
    static let newer = "SELECT id FROM messages WHERE channel_id = ? AND id > ? ORDER BY id"
    static let moveToEnd = "UPDATE messages SET search_number = \(nextSearchNumber) WHERE id = ?"
}
