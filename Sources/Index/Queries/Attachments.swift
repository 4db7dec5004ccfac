extension Querying {
    /// The attachment of that id; nil also when it is in another channel.
    package func attachment(_ id: Attachment.ID, in channel: OwnedChannel) throws -> Attachment? {
        try one(SQL.attachmentInChannel, [id, channel.id])
    }

    /// The file of that id with all that a download needs, in one statement; nil when there is none.
    ///
    /// - Throws: ``IndexError/notOwned`` when it is in another user's channel.
    package func file(_ id: Attachment.ID, ownedBy user: ActingUser) throws -> StoredFile? {
        guard let file: StoredFile = try one(SQL.storedFile, [id]) else { return nil }
        guard file.ownerID == user.id else { throw IndexError.notOwned }
        return file
    }

    /// In which of the user's channels a file is, and in which message, if in any.
    func place(_ id: Attachment.ID, ownedBy user: ActingUser) throws -> (channel: OwnedChannel, messageID: Message.ID?)?
    {
        let place: Place? = try one(SQL.place, [id, user.id])
        return place.map { ($0.channel, $0.messageID) }
    }

    /// How many attachments there are in all channels.
    package func attachmentCount() throws -> Int {
        try one("SELECT count(*) FROM attachments") ?? 0
    }
}

extension Transaction {
    /// Stores an attachment.
    ///
    /// - Throws: ``IndexError/missingReference`` when its blob has gone meanwhile (publish the bytes and try again), or
    ///   its channel, or its message, which must be in that channel; ``IndexError/duplicate`` when the id is taken.
    package func insert(_ attachment: Attachment, in channel: OwnedChannel) throws {
        try channel.check(attachment.channelID)
        try execute(SQL.insertAttachment, attachment.values)
        try note(.fileUploaded, attachment.id, in: channel.id)
    }

    /// Deletes an attachment in one of the user's channels, but not its bytes. False when there is none, so of two
    /// racing calls one gets true.
    ///
    /// - Throws: ``IndexError/frozen(_:)`` when it belongs to a question that is answered or has expired.
    @discardableResult
    package func deleteAttachment(
        _ id: Attachment.ID,
        ownedBy user: ActingUser,
        knowing questions: [Message.ID: AskedQuestion] = [:]
    ) throws -> Bool {
        try deleteAttachments([id], ownedBy: user, knowing: questions) == 1
    }

    /// Deletes files of the user's, and returns how many there were. A question is changed once, however many of its files
    /// go: each change computes its digest anew.
    ///
    /// - Parameter questions: what was read before the unit. A question that has changed since is hashed here.
    /// - Throws: ``IndexError/frozen(_:)`` when one belongs to a question that is answered or has expired.
    package func deleteAttachments(
        _ ids: [Attachment.ID],
        ownedBy user: ActingUser,
        knowing questions: [Message.ID: AskedQuestion] = [:]
    ) throws -> Int {
        var places: [Attachment.ID: Place] = [:]
        for id in ids { places[id] = try one(SQL.place, [id, user.id]) }
        let byMessage = Dictionary(grouping: places) { $0.value.messageID }
        for (messageID, files) in byMessage.sorted(by: { ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "") }) {
            let delete = {
                for (id, place) in files {
                    try execute(SQL.deleteAttachment, [id, place.channel.id])
                    try note(.fileDeleted, id, in: place.channel.id)
                }
            }
            if let messageID, let channel = files.first?.value.channel {
                let question = try confirmed(questions[messageID], ofMessage: messageID, in: channel)
                try changeQuestion(of: messageID, in: channel, becoming: question, delete)
                try announce(Change(.messageUpdated, channelID: channel.id, messageID: messageID))
            } else {
                try delete()
            }
        }
        return places.count
    }
}

/// A file's record, with the address and checksum of its bytes.
package struct StoredFile: Sendable, RowReadable {
    package let attachment: Attachment
    /// Only the index asks for it.
    let ownerID: User.ID
    package let blobKey: String
    package let crc32: UInt32

    static let columns = "\(Attachment.columns), agents.user_id, blobs.key, blobs.crc32"
    /// The joins that these columns need besides `attachments`.
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

/// Where an attachment of the user is.
private struct Place: RowReadable {
    let channel: OwnedChannel
    let messageID: Message.ID?

    init(row: inout Row) {
        channel = OwnedChannel(id: row.next())
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
    static let place = """
        SELECT attachments.channel_id, attachments.message_id
        FROM attachments JOIN agents ON agents.id = attachments.channel_id
        WHERE attachments.id = ? AND agents.user_id = ? AND agents.removed_at IS NULL
        """
    static let deleteAttachment = "DELETE FROM attachments WHERE id = ? AND channel_id = ?"
    static let insertAttachment = Attachment.columns.insert()
}
