extension PartialUpload {
    /// How long an upload waits for its next bytes, and is known after the last.
    package static let lifetime = Duration.seconds(24 * 60 * 60)
}

extension Querying {
    /// An upload of the user; nil when there is none, or it has expired.
    package func partialUpload(_ id: PartialUpload.ID, of user: ActingUser, now: Timestamp) throws -> PartialUpload? {
        try one(SQL.find, [id, user.id, now])
    }

    /// How many uploads of the user have not all of their bytes.
    package func openUploads(of user: ActingUser) throws -> Int {
        try one("SELECT count(*) FROM partial_uploads WHERE user_id = ? AND received < length", [user.id]) ?? 0
    }

    /// The ones among `ids` that have not all of their bytes.
    package func openUploads(among ids: [String]) throws -> Set<String> {
        Set(try ids.filter { try exists("SELECT 1 FROM partial_uploads WHERE id = ? AND received < length", [$0]) })
    }

    /// When the next upload expires; a time in the past if the sweep is late.
    package func nextPartialUploadEnd() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM partial_uploads")
    }
}

extension Transaction {
    /// Notes an upload of which nothing is here.
    package func insert(_ upload: PartialUpload, in channel: OwnedChannel) throws {
        try channel.check(upload.channelID)
        try execute(PartialUpload.columns.insert(), upload.values)
    }

    /// Notes how many bytes of an upload are durable. False when it has ended.
    package func note(received: Int, of id: PartialUpload.ID, by user: ActingUser) throws -> Bool {
        try execute(SQL.note, [received, now + PartialUpload.lifetime, id, user.id, now]) > 0
    }

    /// Lets an upload live as if bytes had come just now.
    package func prolong(_ id: PartialUpload.ID, by user: ActingUser) throws {
        try execute(SQL.prolong, [now + PartialUpload.lifetime, id, user.id, now])
    }

    /// Lets the open uploads to a channel expire.
    func endUploads(to channelID: Agent.ID) throws {
        try execute(SQL.end, [now, channelID, channelID])
    }

    /// Ends an upload that is whole, before its file is stored. False when it has ended.
    ///
    /// - Parameter received: how much must be noted of it, if others may have added to it meanwhile.
    package func complete(_ id: PartialUpload.ID, from received: Int?, by user: ActingUser) throws -> Bool {
        let isOpen = try execute(SQL.complete, [now + PartialUpload.lifetime, id, user.id, received]) > 0
        if isOpen { try removeParts(of: id) }
        return isOpen
    }

    /// Notes which file an upload has become.
    package func note(_ attachmentID: Attachment.ID, of id: PartialUpload.ID) throws {
        try execute("UPDATE partial_uploads SET attachment_id = ? WHERE id = ?", [attachmentID, id])
    }

    /// Forgets an upload. False when there is none.
    package func removePartialUpload(_ id: PartialUpload.ID, of user: ActingUser) throws -> Bool {
        try execute("DELETE FROM partial_uploads WHERE id = ? AND user_id = ?", [id, user.id]) > 0
    }

    /// Forgets an upload, whose ever it is.
    package func removePartialUpload(_ id: PartialUpload.ID) throws {
        try execute("DELETE FROM partial_uploads WHERE id = ?", [id])
    }

    /// Uploads that have expired, at most `limit`.
    package func expiredPartialUploads(limit: Int) throws -> [PartialUpload.ID] {
        try all(SQL.expired, [now, limit])
    }
}

private enum SQL {
    static let find = """
        SELECT \(PartialUpload.columns) FROM partial_uploads WHERE id = ? AND user_id = ? AND expires_at > ?
        """
    static let note = """
        UPDATE partial_uploads SET received = ?, expires_at = ?
        WHERE id = ? AND user_id = ? AND received < length AND expires_at > ?
        """
    static let prolong = "UPDATE partial_uploads SET expires_at = ? WHERE id = ? AND user_id = ? AND expires_at > ?"
    static let end = """
        UPDATE partial_uploads SET expires_at = ?
        WHERE user_id = (SELECT user_id FROM agents WHERE id = ?) AND channel_id = ? AND received < length
        """
    // One of no bytes has all of them from the start.
    static let complete = """
        UPDATE partial_uploads SET received = length, expires_at = ?
        WHERE id = ? AND user_id = ? AND attachment_id IS NULL AND received = coalesce(?, received)
        """
    static let expired = "SELECT id FROM partial_uploads WHERE expires_at <= ? ORDER BY expires_at LIMIT ?"
}
