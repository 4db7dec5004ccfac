import FoundationEssentials

extension Querying {
    /// The key with this SHA-256 (32 bytes); nil also when it has expired, or its user is deleted.
    package func apiKey(hash: [UInt8], now: Timestamp) throws -> APIKey? {
        try one(SQL.keyByHash, [Data(hash), now])
    }

    /// Whose key it is, and so for whom it acts.
    func userID(ofKey hash: [UInt8], now: Timestamp) throws -> User.ID? {
        try one(SQL.userByHash, [Data(hash), now])
    }

    /// The key with this SHA-256, also when it has expired. For the command line on this machine.
    package func anyAPIKey(hash: [UInt8]) throws -> APIKey? {
        try one(SQL.anyByHash, [Data(hash)])
    }

    /// The keys of one user, or of all users when `userID` is nil; newest first by id.
    ///
    /// - Parameter before: the id of the last row on the page before; nil starts with the newest.
    package func apiKeys(
        userID: User.ID? = nil,
        before: APIKey.ID? = nil,
        limit: Int = .max
    ) throws -> [APIKey] {
        let cursor = before ?? .afterAll
        guard let userID else { return try all(SQL.keys, [cursor, limit]) }
        return try all(SQL.keysByUser, [userID, cursor, limit])
    }
}

extension Transaction {
    /// Stores a key under its SHA-256 (32 bytes).
    ///
    /// - Throws: ``IndexError/noSuchAgent`` when its default channel is none of its user's,
    ///   ``IndexError/missingReference`` when its user is deleted, ``IndexError/duplicate`` when id or hash is taken.
    package func insert(_ apiKey: APIKey, hash: [UInt8]) throws {
        try check(apiKey.defaultChannelID, of: apiKey.userID)
        try insert(SQL.insertKey, apiKey.values + [Data(hash)], of: apiKey.userID)
        try note(.keyCreated, apiKey.id)
    }

    /// Gives a user's key another default channel, or none; nil when the user has no such key.
    ///
    /// - Throws: ``IndexError/noSuchAgent`` when the channel is none of the user's.
    package func setDefaultChannel(_ channelID: Agent.ID?, of id: APIKey.ID, ownedBy user: ActingUser) throws -> APIKey?
    {
        try check(channelID, of: user.id)
        guard let key: APIKey = try one(SQL.setDefaultChannel, [channelID, id, user.id]) else { return nil }
        try note(.keyChanged, id)
        return key
    }

    private func check(_ channelID: Agent.ID?, of userID: User.ID) throws {
        guard let channelID, try agent(channelID, ofUser: ActingUser(id: userID)) == nil else { return }
        throw IndexError.noSuchAgent
    }

    /// Gives a user's key a new secret; nil when the user has no such key, or it has expired. The old secret stops
    /// working at once.
    package func rotateAPIKey(_ id: APIKey.ID, ownedBy user: ActingUser, keyPrefix: String, hash: [UInt8]) throws
        -> APIKey?
    {
        announcements.ring(.access(user.id))
        guard let key: APIKey = try one(SQL.rotate, [keyPrefix, Data(hash), id, user.id, now]) else { return nil }
        try execute("DELETE FROM upload_tokens WHERE key_id = ?", [id])
        try note(.keyRotated, id)
        return key
    }

    /// Revokes a user's key for good; false when the user has no such key.
    package func revokeAPIKey(_ id: APIKey.ID, ownedBy user: ActingUser) throws -> Bool {
        announcements.ring(.access(user.id))
        guard try execute("DELETE FROM api_keys WHERE id = ? AND user_id = ?", [id, user.id]) > 0 else { return false }
        try note(.keyRevoked, id)
        return true
    }

    /// Revokes a key for good, whoever owns it; false when there is none. For the command line on this machine.
    package func revokeAnyAPIKey(id: APIKey.ID) throws -> Bool {
        let userID: User.ID? = try one("DELETE FROM api_keys WHERE id = ? RETURNING user_id", [id])
        guard let userID else { return false }
        announcements.ring(.access(userID))
        try note(.keyRevoked, id)
        return true
    }

    /// Notes that the key was used now. Does nothing when it is gone.
    package func touchAPIKey(id: APIKey.ID) throws {
        try execute("UPDATE api_keys SET last_used_at = ? WHERE id = ?", [now, id])
    }
}

private enum SQL {
    private static let isGood = "(api_keys.expires_at IS NULL OR api_keys.expires_at > ?)"
    static let rotate = """
        UPDATE api_keys SET key_prefix = ?, key_hash = ?, last_used_at = NULL
        WHERE id = ? AND user_id = ? AND \(isGood)
        RETURNING \(APIKey.columns)
        """
    static let setDefaultChannel = """
        UPDATE api_keys SET default_channel_id = ? WHERE id = ? AND user_id = ? RETURNING \(APIKey.columns)
        """
    static let keyByHash = byHash("\(APIKey.columns)")
    static let userByHash = byHash("api_keys.user_id")
    private static func byHash(_ columns: String) -> String {
        """
        SELECT \(columns) FROM api_keys JOIN users ON users.id = api_keys.user_id
        WHERE api_keys.key_hash = ? AND \(isGood) AND users.removed_at IS NULL
        """
    }
    static let anyByHash = "SELECT \(APIKey.columns) FROM api_keys WHERE key_hash = ?"
    static let keys = "SELECT \(APIKey.columns) FROM api_keys WHERE id < ? ORDER BY id DESC LIMIT ?"
    static let keysByUser = """
        SELECT \(APIKey.columns) FROM api_keys WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?
        """
    static let insertKey = APIKey.columns.insert(and: [("key_hash", "?")], where: User.isThere)
}
