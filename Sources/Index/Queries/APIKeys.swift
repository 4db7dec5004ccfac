import Foundation

extension Querying {
    /// The key with this SHA-256 (32 bytes).
    package func apiKey(hash: [UInt8]) throws -> APIKey? {
        try one(SQL.keyByHash, [Data(hash)])
    }

    /// Whether a key still opens a channel. For long requests, which began with it a while ago.
    package func opens(_ channelID: Agent.ID, keyID: APIKey.ID) throws -> Bool {
        try exists(SQL.opens, [keyID, channelID])
    }

    /// The keys of one user, or of all users when `userID` is nil; newest first.
    package func apiKeys(userID: User.ID? = nil) throws -> [APIKey] {
        guard let userID else { return try all(SQL.keys) }
        return try all(SQL.keysByUser, [userID])
    }
}

extension Transaction {
    /// Stores a key under its SHA-256 (32 bytes).
    ///
    /// - Throws: ``IndexError/missingReference`` when its user is gone, ``IndexError/duplicate`` when id or hash is
    ///   taken.
    package func insert(_ apiKey: APIKey, hash: [UInt8]) throws {
        try execute(SQL.insertKey, apiKey.values + [Data(hash)])
    }

    /// Gives a user's key a new secret; nil when the user has no such key. The old secret stops working at once.
    package func rotateAPIKey(_ id: APIKey.ID, ownedBy userID: User.ID, keyPrefix: String, hash: [UInt8]) throws
        -> APIKey?
    {
        try one(SQL.rotate, [keyPrefix, Data(hash), id, userID])
    }

    /// Revokes a user's key for good; false when the user has no such key.
    package func revokeAPIKey(_ id: APIKey.ID, ownedBy userID: User.ID) throws -> Bool {
        try execute("DELETE FROM api_keys WHERE id = ? AND user_id = ?", [id, userID]) > 0
    }

    /// Revokes a key for good, whoever owns it; false when there is none. For the command line on this machine.
    package func revokeAnyAPIKey(id: APIKey.ID) throws -> Bool {
        try execute("DELETE FROM api_keys WHERE id = ?", [id]) > 0
    }

    /// Notes that the key was used now. Does nothing when it is gone.
    package func touchAPIKey(id: APIKey.ID) throws {
        try execute("UPDATE api_keys SET last_used_at = ? WHERE id = ?", [now, id])
    }
}

private enum SQL {
    static let opens = """
        SELECT 1 FROM api_keys JOIN agents ON agents.user_id = api_keys.user_id
        WHERE api_keys.id = ? AND agents.id = ? AND agents.removed_at IS NULL
        """
    static let rotate = """
        UPDATE api_keys SET key_prefix = ?, key_hash = ?, last_used_at = NULL WHERE id = ? AND user_id = ?
        RETURNING \(APIKey.columns)
        """
    static let keyByHash = "SELECT \(APIKey.columns) FROM api_keys WHERE key_hash = ?"
    static let keys = "SELECT \(APIKey.columns) FROM api_keys ORDER BY id DESC"
    static let keysByUser = "SELECT \(APIKey.columns) FROM api_keys WHERE user_id = ? ORDER BY id DESC"
    static let insertKey = APIKey.columns.insert(and: [("key_hash", "?")])
}
