extension Querying {
    /// The attachment of that id; nil also when it is in another channel.
    package func attachment(_ id: Attachment.ID, in channel: OwnedChannel) throws -> Attachment? {
        try one(SQL.attachmentInChannel, [id, channel.id])
    }

    /// The file of that id, with all that a download needs, in one statement; nil when there is none.
    ///
    /// - Throws: ``IndexError/notOwned`` when it is in a channel that is not this user's.
    package func file(_ id: Attachment.ID, ownedBy userID: User.ID) throws -> StoredFile? {
        guard let file: StoredFile = try one(SQL.storedFile, [id]) else { return nil }
        guard file.ownerID == userID else { throw IndexError.notOwned }
        return file
    }

    /// The attachments of a channel, newest first by id.
    ///
    /// `before` is the id of the last row of the page before, which need not exist any more; nil starts at the newest.
    /// `limit` nil means all.
    package func attachments(
        in channel: OwnedChannel,
        before: Attachment.ID? = nil,
        limit: Int? = nil
    ) throws -> [Attachment] {
        try all(SQL.attachmentsByChannel, [channel.id, before ?? .afterAll, limit ?? Int.max])
    }

    /// How many attachments there are in all channels.
    package func attachmentCount() throws -> Int {
        try one("SELECT count(*) FROM attachments") ?? 0
    }
}

extension Transaction {
    /// Stores an attachment.
    ///
    /// `IndexError.missingReference` when its blob went meanwhile (publish the bytes and try again), or its channel,
    /// or its message, which must be one of that channel; `.duplicate` when the id is taken.
    package func insert(_ attachment: Attachment, in channel: OwnedChannel) throws {
        try channel.check(attachment.channelID)
        try execute(SQL.insertAttachment, attachment.values)
    }

    /// Deletes an attachment in a channel of that user's, not its bytes; false when there is none of that id, so of two
    /// racers one gets true.
    @discardableResult
    package func deleteAttachment(_ id: Attachment.ID, ownedBy userID: User.ID) throws -> Bool {
        guard let place: DeletedPlace = try one(SQL.deleteAttachment, [id, userID]) else { return false }
        if let messageID = place.messageID {
            try announce(Change(.messageUpdated, channelID: place.channelID, messageID: messageID))
        }
        return true
    }
}

/// A file's record, and where and what its bytes are.
package struct StoredFile: Sendable, RowReadable {
    package let attachment: Attachment
    /// Asked for by the index alone.
    let ownerID: User.ID
    package let blobKey: String
    package let crc32: UInt32

    static let columns = "\(Attachment.columns), agents.user_id, blobs.key, blobs.crc32"
    /// What else is needed besides `attachments`.
    static let joins = """
        JOIN agents ON agents.id = attachments.channel_id JOIN blobs ON blobs.sha256 = attachments.sha256
        """

    init(row: inout Row) {
        attachment = Attachment(row: &row)
        ownerID = row.next()
        blobKey = row.next()
        crc32 = row.next()
    }
}

/// Where a deleted attachment was.
private struct DeletedPlace: RowReadable {
    let channelID: Agent.ID
    let messageID: Message.ID?

    init(row: inout Row) {
        channelID = row.next()
        messageID = row.next()
    }
}

private enum SQL {
    static let attachmentInChannel = """
        SELECT \(Attachment.columns) FROM attachments WHERE id = ? AND channel_id = ?
        """
    static let storedFile = """
        SELECT \(StoredFile.columns) FROM attachments \(StoredFile.joins)
        WHERE attachments.id = ? AND agents.removed_at IS NULL
        """
    static let attachmentsByChannel = """
        SELECT \(Attachment.columns) FROM attachments WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?
        """
    static let deleteAttachment = """
        DELETE FROM attachments WHERE id = ? AND EXISTS (
            SELECT * FROM agents
            WHERE agents.id = attachments.channel_id AND agents.user_id = ? AND agents.removed_at IS NULL
        )
        RETURNING channel_id, message_id
        """
    static let insertAttachment = Attachment.columns.insert()
}
