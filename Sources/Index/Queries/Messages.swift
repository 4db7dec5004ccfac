import GRDB

extension Querying {
    /// The message of that id, whatever its channel.
    package func message(id: String) throws -> Message? {
        try one(SQL.messageByID, [id])
    }

    /// How many messages there are in all channels.
    package func messageCount() throws -> Int {
        try count("SELECT count(*) FROM messages")
    }
}

extension Transaction {
    /// Stores a message; `IndexError.missingReference` when its channel is gone, `.duplicate` when the id is taken.
    package func insert(_ message: Message) throws {
        try execute(
            SQL.insertMessage,
            [
                message.id, message.channelId, message.senderType, message.senderId, message.text, message.status,
                message.deliveryStatus, message.createdAt, message.updatedAt,
            ]
        )
    }
}

private enum SQL {
    static let messageByID = "SELECT \(Message.columns) FROM messages WHERE id = ?"
    static let insertMessage = """
        INSERT INTO messages (\(Message.columns))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
}
