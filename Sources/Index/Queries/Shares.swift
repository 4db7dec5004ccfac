import Foundation

extension Querying {
    /// The file that is shared by the token whose SHA-256 (32 bytes) this is; nil once the link has expired.
    package func sharedFile(hash: [UInt8], now: Timestamp) throws -> StoredFile? {
        try one(SQL.sharedFile, [Data(hash), now])
    }

    /// The links to a file that have not expired, newest first.
    package func shares(attachmentID: String, now: Timestamp) throws -> [Share] {
        try all(SQL.byAttachment, [attachmentID, now])
    }

    /// When the next link ends, or has ended.
    package func nextShareEnd() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM shares")
    }
}

extension Transaction {
    /// Stores a link under the SHA-256 of its token (32 bytes).
    ///
    /// `IndexError.missingReference` when the file is gone, `.duplicate` when the hash is taken.
    package func insert(_ share: Share, hash: [UInt8]) throws {
        try execute(SQL.insert, share.values + [Data(hash)])
    }

    /// Ends a link to a file; false when the file has none of that id.
    package func endShare(id: String, attachmentID: String) throws -> Bool {
        try execute("DELETE FROM shares WHERE id = ? AND attachment_id = ?", [id, attachmentID]) > 0
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
    static let byAttachment = """
        SELECT \(Share.columns) FROM shares WHERE attachment_id = ? AND expires_at > ? ORDER BY id DESC
        """
    static let insert = Share.columns.insert(and: [("token_hash", "?")])
    static let removeEnded = """
        DELETE FROM shares WHERE id IN (SELECT id FROM shares WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """
}
