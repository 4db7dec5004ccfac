extension Querying {
    /// The message of that id with its parts; nil also when it is in another channel.
    package func message(_ id: Message.ID, in channel: OwnedChannel) throws -> MessageWithParts? {
        try message(SQL.messageInChannel, [id, channel.id])
    }

    /// The message of that id with its parts, in any of the user's channels; nil when it is in none of them.
    package func message(_ id: Message.ID, ofUser user: ActingUser) throws -> MessageWithParts? {
        try message(SQL.messageOfUser, [id, user.id])
    }

    /// The same, or nil when it weighs more than `maxWeight`, counted as in ``PageWeight``. Then it is not read.
    package func message(_ id: Message.ID, ofUser user: ActingUser, maxWeight: Int) throws -> MessageWithParts? {
        guard let weight: Int = try one(SQL.weight, [id]), weight <= maxWeight else { return nil }
        return try message(id, ofUser: user)
    }

    /// The message of that id with its parts, whatever its channel. For the delivery of webhooks, which acts for no
    /// user. Handlers of requests must not use it.
    package func anyMessage(id: Message.ID) throws -> MessageWithParts? {
        try message(SQL.messageByID, [id])
    }

    /// The message to which an agent, or a user, gave this name in the channel. What it holds is not read.
    package func namedMessage(
        clientID: String,
        by sender: Message.SenderType,
        in channel: OwnedChannel
    ) throws -> NamedMessage? {
        try one(SQL.namedByClient, [channel.id, sender, clientID])
    }

    /// The draft to which its sender gave this name in the channel. What it holds is not read.
    package func namedMessage(streamID: String, in channel: OwnedChannel) throws -> NamedMessage? {
        try one(SQL.namedByStream, [channel.id, streamID])
    }

    /// Versions of a question, first to last. A message without other versions is the only one of its group; an absent
    /// one has none. There are fewer than `limit` when they are large.
    ///
    /// - Parameter after: the last version on the page before; nil starts with the first.
    package func iterations(
        ofMessage id: Message.ID,
        in channel: OwnedChannel,
        after: Message.ID? = nil,
        limit: Int
    ) throws -> MessagePage {
        let group: Message.ID? = try one(SQL.group, [id, channel.id])
        if let group { return try page(SQL.iterations, [group, channel.id, after, limit]) }
        return MessagePage(rows: try message(id, in: channel).map { [$0] } ?? [], isCut: false)
    }

    /// How many messages there are in all channels.
    package func messageCount() throws -> Int {
        try one("SELECT count(*) FROM messages") ?? 0
    }
}

extension Transaction {
    /// Stores a message with its review. A message from a user is queued for the channel's webhook.
    ///
    /// - Throws: ``IndexError/missingReference`` when the channel is gone; ``IndexError/duplicate`` when the id is
    ///   taken, or within the channel the sender's client id, the stream id or the place in the iteration group.
    package func insert(_ message: Message, review: Review? = nil, in channel: OwnedChannel) throws {
        _ = try insert(message, review, channel, SQL.insertMessage)
    }

    /// Stores a message, unless its channel already has one with that stream id, or its sender's client id. Returns
    /// the first one when it is a repeat: of that nothing is stored, not even the review.
    package func insertOrFindFirst(
        _ message: Message,
        review: Review? = nil,
        in channel: OwnedChannel
    ) throws -> NamedMessage? {
        // On PostgreSQL a conflict by another name would be none. No other unit comes between this look and the insert.
        let isKnown = try isPostgreSQL && namesake(of: message, in: channel) != nil
        if try !isKnown && insert(message, review, channel, text(of: SQL.insertMessageOnce)) { return nil }
        guard let first = try namesake(of: message, in: channel) else { throw IndexError.duplicate }
        return first
    }

    /// The message of the channel that has the same client id or the same stream id.
    private func namesake(of message: Message, in channel: OwnedChannel) throws -> NamedMessage? {
        let ofClient = try message.clientID.flatMap {
            try namedMessage(clientID: $0, by: message.senderType, in: channel)
        }
        return try ofClient ?? message.streamID.flatMap { try namedMessage(streamID: $0, in: channel) }
    }

    /// Attaches unattached files of the channel to a message in it. Returns those of `ids` that cannot be attached:
    /// they are not in the channel, or already attached. Repeats in the list count once.
    ///
    /// Throw if any are returned, so that nothing of the unit is stored.
    package func attach(
        _ ids: [Attachment.ID],
        to message: Message,
        in channel: OwnedChannel
    ) throws -> [Attachment.ID] {
        try channel.check(message.channelID)
        var seen: Set<Attachment.ID> = []
        return try ids.filter { id in
            guard seen.insert(id).inserted else { return false }
            return try execute(SQL.attach, [message.id, id, channel.id]) == 0
        }
    }

    private func insert(
        _ message: Message,
        _ review: Review?,
        _ channel: OwnedChannel,
        _ sql: String
    ) throws -> Bool {
        try channel.check(message.channelID)
        guard try execute(sql, message.values + [message.channelID]) > 0 else { return false }
        try numberNewerMessages(than: message.id, channelID: message.channelID)
        if let review { try insert(review) }
        if message.senderType == .user { try enqueueDelivery(.messageCreated, messageID: message.id) }
        if message.senderType == .agent, message.streamState != .streaming {
            try enqueueNotices(of: message.id, in: message.channelID)
        }
        try announce(Change(.messageCreated, channelID: message.channelID, messageID: message.id))
        return true
    }
}

/// A message that was found by the name its sender gave it.
package struct NamedMessage: Sendable, Equatable, RowReadable {
    package let id: Message.ID
    package let streamState: Message.StreamState?

    init(row: inout Row) {
        id = row.next()
        streamState = row.next()
    }
}

private enum SQL {
    static let messageByID = "SELECT \(MessageRow.columns) FROM \(MessageRow.source) WHERE messages.id = ?"
    static let messageOfUser = """
        SELECT \(MessageRow.columns)
        FROM messages JOIN agents ON agents.id = messages.channel_id \(MessageRow.withReview)
        WHERE messages.id = ? AND agents.user_id = ? AND agents.removed_at IS NULL
        """
    static let messageInChannel = "\(messageByID) AND messages.channel_id = ?"
    static let namedByClient = """
        SELECT id, stream_state FROM messages WHERE channel_id = ? AND sender_type = ? AND client_id = ?
        """
    static let namedByStream = "SELECT id, stream_state FROM messages WHERE channel_id = ? AND stream_id = ?"
    static let group = "SELECT iteration_group_id FROM messages WHERE id = ? AND channel_id = ?"
    static let iterations = """
        SELECT \(weighedMessage) FROM \(MessageRow.source)
        WHERE messages.iteration_group_id = ? AND messages.channel_id = ?
            AND messages.iteration > coalesce((SELECT last.iteration FROM messages AS last WHERE last.id = ?), 0)
        ORDER BY messages.iteration LIMIT ?
        """
    static let weight = """
        SELECT \(messageWeight) + \(PageWeight.ofRow) * \(MessageRow.fileCount)
        FROM \(MessageRow.source) WHERE messages.id = ?
        """
    static let insertMessage = Message.columns.insert(and: [("search_number", nextSearchNumber)])
    static let insertMessageOnce = Dialects(
        sqlite: """
            \(insertMessage)
            ON CONFLICT (channel_id, sender_type, client_id) WHERE client_id IS NOT NULL DO NOTHING
            ON CONFLICT (channel_id, stream_id) WHERE stream_id IS NOT NULL DO NOTHING
            """,
        postgreSQL: insertMessage
    )
    static let attach = """
        UPDATE attachments SET message_id = ?, expires_at = NULL
        WHERE id = ? AND channel_id = ? AND message_id IS NULL
        """
}
