extension Querying {
    /// The message of that id, whatever its channel.
    package func message(id: String) throws -> Message? {
        try one(SQL.messageByID, [id])
    }

    /// The message of that id with its parts; nil also when it is in another channel.
    package func message(id: String, channelID: String) throws -> MessageWithParts? {
        try withParts(try one(SQL.messageInChannel, [id, channelID]))
    }

    /// The message that a client named so in this channel.
    package func message(clientID: String, channelID: String) throws -> MessageWithParts? {
        try withParts(try one(SQL.messageByClient, [channelID, clientID]))
    }

    /// The draft that a client named so in this channel.
    package func message(streamID: String, channelID: String) throws -> MessageWithParts? {
        try withParts(try one(SQL.messageByStream, [channelID, streamID]))
    }

    /// The versions that a message is one of, the first one first; a lone message gives itself, an absent one none.
    package func iterations(ofMessage id: String, channelID: String) throws -> [MessageWithParts] {
        let group = try withParts(try all(SQL.iterations, [id, channelID]))
        if !group.isEmpty { return group }
        return try message(id: id, channelID: channelID).map { [$0] } ?? []
    }

    /// How many messages there are in all channels.
    package func messageCount() throws -> Int {
        try one("SELECT count(*) FROM messages") ?? 0
    }
}

extension Transaction {
    /// Stores a message with its review; one by a human goes to the channel's webhook.
    ///
    /// `IndexError.missingReference` when its channel is gone, `.duplicate` when the id is taken, or in its channel
    /// the client id, the stream id or the place in the iteration group.
    package func insert(_ message: Message, review: Review? = nil) throws {
        _ = try insert(message, review, SQL.insertMessage)
    }

    /// Stores a message unless its channel has one of that client id or stream id, and returns the one that is
    /// stored; of a repeat nothing is stored, the review neither.
    package func insertOrKeepFirst(_ message: Message, review: Review? = nil) throws -> Message {
        if try insert(message, review, SQL.insertMessageOnce) { return message }
        let ofClient: Message? = try one(SQL.messageByClient, [message.channelId, message.clientId])
        let first: Message? = try ofClient ?? one(SQL.messageByStream, [message.channelId, message.streamId])
        guard let first else { throw IndexError.duplicate }
        return first
    }

    /// Attaches files to a message of their channel, and answers which of `ids` cannot be: those that are not in the
    /// channel, and those that are attached already. Repeats within the list count once.
    ///
    /// Throw when there are any, so that nothing of the unit is stored.
    package func attach(ids: [String], to message: Message) throws -> [String] {
        var seen: Set<String> = []
        return try ids.filter { id in
            guard seen.insert(id).inserted else { return false }
            return try execute(SQL.attach, [message.id, id, message.channelId]) == 0
        }
    }

    private func insert(_ message: Message, _ review: Review?, _ sql: String) throws -> Bool {
        guard try execute(sql, message.values + [message.channelId]) > 0 else { return false }
        try numberNewerMessages(than: message.id, channelID: message.channelId)
        if let review { try insert(review) }
        if message.senderType == .user { try enqueueDelivery(.messageCreated, messageID: message.id) }
        try announce(Change(.messageCreated, channelID: message.channelId, messageID: message.id))
        return true
    }
}

private enum SQL {
    static let messageByID = "SELECT \(Message.columns) FROM messages WHERE id = ?"
    static let messageInChannel = "SELECT \(Message.columns) FROM messages WHERE id = ? AND channel_id = ?"
    static let messageByClient = "SELECT \(Message.columns) FROM messages WHERE channel_id = ? AND client_id = ?"
    static let messageByStream = "SELECT \(Message.columns) FROM messages WHERE channel_id = ? AND stream_id = ?"
    static let iterations = """
        SELECT \(Message.columns) FROM messages
        WHERE iteration_group_id = (SELECT iteration_group_id FROM messages WHERE id = ? AND channel_id = ?)
        ORDER BY iteration
        """
    static let insertMessage = Message.columns.insert(and: [("search_number", nextSearchNumber)])
    static let insertMessageOnce = """
        \(insertMessage)
        ON CONFLICT (channel_id, client_id) WHERE client_id IS NOT NULL DO NOTHING
        ON CONFLICT (channel_id, stream_id) WHERE stream_id IS NOT NULL DO NOTHING
        """
    static let attach = """
        UPDATE attachments SET message_id = ?, expires_at = NULL
        WHERE id = ? AND channel_id = ? AND message_id IS NULL
        """
}
