/// The search numbers of a channel's messages, or of those before a given one.
struct SearchRange {
    /// How many low bits of a search number count the messages of a channel, a million million each. The channel's
    /// number is above them.
    static let bits = 40

    /// Both bounds are excluded.
    let lower: Int64
    let upper: Int64
}

extension Querying {
    /// Nil when the channel does not exist, or has no message before `cursor`.
    func searchRange(channelID: Agent.ID, before cursor: Message.ID?) throws -> SearchRange? {
        guard let number: Int64 = try one(SQL.channelNumber, [channelID]) else { return nil }
        let lower = number << SearchRange.bits
        guard let cursor else { return SearchRange(lower: lower, upper: (number + 1) << SearchRange.bits) }
        // Numbers follow ids, so the newest message before the cursor also has the highest number.
        let newest: Int64? = try one(SQL.newestBefore, [channelID, cursor])
        return newest.map { SearchRange(lower: lower, upper: $0 + 1) }
    }
}

extension Transaction {
    /// Gives the messages of a channel that are newer than `messageID` new numbers after its own, so that numbers
    /// follow ids.
    ///
    /// A message gets the number after the channel's last. A newer one is rarely there already: its id was made later,
    /// but its unit came first. This costs one look-up, and one update for each such message.
    func numberNewerMessages(than messageID: Message.ID, channelID: Agent.ID) throws {
        // PostgreSQL's search goes by ids. There every update of a message would also write its trigrams anew, and messages
        // of several nodes come in any order.
        if isPostgreSQL { return }
        let newer: [Message.ID] = try all(SQL.newer, [channelID, messageID])
        for id in newer {
            try execute(SQL.moveToEnd, [channelID, id])
        }
    }
}

/// The number after the last one in the channel that is the statement's next argument; NULL when there is no such
/// channel.
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
