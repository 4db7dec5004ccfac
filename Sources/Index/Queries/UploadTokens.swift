import FoundationEssentials

extension Querying {
    /// What the token with this SHA-256 (32 bytes) allows; nil once it has been used or has expired, or its key has.
    package func grantedUpload(hash: [UInt8], now: Timestamp) throws -> GrantedUpload? {
        try one(SQL.granted, [Data(hash), now, now])
    }

    /// When the next token ends; a time in the past if the sweep is late.
    package func nextUploadTokenEnd() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM upload_tokens")
    }
}

extension Transaction {
    /// Stores a token under its SHA-256 (32 bytes). Of a key's tokens beyond `most` the oldest go.
    package func insert(_ token: UploadToken, hash: [UInt8], in channel: OwnedChannel, most: Int) throws {
        try channel.check(token.channelID)
        try execute(UploadToken.columns.insert(and: [("token_hash", "?")]), token.values + [Data(hash)])
        try execute(SQL.forget, [token.keyID, token.keyID, most])
        try note(.uploadAddressMade, token.id, in: channel.id)
    }

    /// Uses a token up; false when somebody else has.
    package func use(_ id: UploadToken.ID) throws -> Bool {
        try execute("DELETE FROM upload_tokens WHERE id = ?", [id]) > 0
    }

    /// Removes tokens that have expired, at most `limit`.
    package func removeEndedUploadTokens(limit: Int) throws {
        try execute(SQL.removeEnded, [now, limit])
    }
}

private enum SQL {
    static let granted = """
        SELECT \(GrantedUpload.columns)
        FROM upload_tokens JOIN api_keys ON api_keys.id = upload_tokens.key_id
        WHERE upload_tokens.token_hash = ? AND upload_tokens.expires_at > ?
            AND (api_keys.expires_at IS NULL OR api_keys.expires_at > ?)
        """
    static let forget = """
        DELETE FROM upload_tokens WHERE key_id = ? AND id <= (
            SELECT id FROM upload_tokens WHERE key_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?
        )
        """
    static let removeEnded = """
        DELETE FROM upload_tokens WHERE id IN (
            SELECT id FROM upload_tokens WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
        )
        """
}
