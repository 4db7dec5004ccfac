import FoundationEssentials

extension Querying {
    /// The file behind the link whose token has this SHA-256 (32 bytes); nil once the link has expired.
    package func sharedFile(hash: [UInt8], now: Timestamp) throws -> StoredFile? {
        try one(SQL.sharedFile, [Data(hash), now])
    }

    /// The links to a file that have not expired, newest first.
    package func shares(ofFile id: Attachment.ID, in channel: OwnedChannel, now: Timestamp) throws -> [Share] {
        try all(SQL.byFile, [id, channel.id, now])
    }

    /// When the next link ends; a time in the past if the sweep is late.
    package func nextShareEnd() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM shares")
    }
}

extension Transaction {
    /// Stores a link under the SHA-256 of its token (32 bytes).
    ///
    /// - Throws: ``IndexError/missingReference`` when the file is not in the channel, ``IndexError/duplicate`` when the
    ///   hash is taken.
    package func insert(_ share: Share, hash: [UInt8], in channel: OwnedChannel) throws {
        let values = share.values + [Data(hash), share.attachmentID, channel.id]
        guard try execute(SQL.insert, values) > 0 else { throw IndexError.missingReference }
        try note(.linkMade, share.attachmentID, in: channel.id)
    }

    /// Ends a link to a file; false when the file has no such link.
    package func endShare(_ id: Share.ID, ofFile fileID: Attachment.ID, in channel: OwnedChannel) throws -> Bool {
        guard try execute(SQL.end, [id, fileID, channel.id]) > 0 else { return false }
        try note(.linkEnded, fileID, in: channel.id)
        return true
    }

    /// Removes links that have ended, at most `limit`.
    package func removeEndedShares(limit: Int) throws {
        try execute(SQL.removeEnded, [now, limit])
    }
}

private enum SQL {
    static let sharedFile = """
        SELECT \(StoredFile.columns)
        FROM shares JOIN attachments ON attachments.id = shares.attachment_id \(StoredFile.joins)
        WHERE shares.token_hash = ? AND shares.expires_at > ? AND agents.removed_at IS NULL
        """
    private static let isInChannel = "EXISTS (SELECT 1 FROM attachments WHERE id = ? AND channel_id = ?)"
    static let byFile = """
        SELECT \(Share.columns) FROM shares JOIN attachments ON attachments.id = shares.attachment_id
        WHERE shares.attachment_id = ? AND attachments.channel_id = ? AND shares.expires_at > ?
        ORDER BY shares.id DESC
        """
    static let insert = Share.columns.insert(and: [("token_hash", "?")], where: isInChannel)
    static let end = """
        DELETE FROM shares WHERE id = ? AND attachment_id = ? AND EXISTS (
            SELECT 1 FROM attachments WHERE attachments.id = shares.attachment_id AND attachments.channel_id = ?
        )
        """
    static let removeEnded = """
        DELETE FROM shares WHERE id IN (SELECT id FROM shares WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """
}
