/// An API key, with which agents act for the user who owns it.
///
/// The record holds neither the key nor its hash. The key is shown once, when it is made; the hash stays in the table.
package struct APIKey: Sendable, Equatable, Identifiable {
    package var id: Identifier<APIKey>
    package var userID: User.ID
    /// Where messages and files go that name no channel. It may be one that was deleted since.
    package var defaultChannelID: Agent.ID?
    package var label: String
    /// The first 11 characters of the key, so that users can tell their keys apart.
    package var keyPrefix: String
    /// What the key opens, as words with blanks between them (RFC 6749 section 3.3), which mean nothing to the index;
    /// nil for everything. It never changes.
    package var scope: String?
    /// From then on the key opens nothing; nil for never.
    package var expiresAt: Timestamp?
    package var lastUsedAt: Timestamp?
    package var createdAt: Timestamp

    /// Opens everything for ever, and was never used, by default.
    package init(
        id: Identifier<APIKey>,
        userID: User.ID,
        defaultChannelID: Agent.ID? = nil,
        label: String,
        keyPrefix: String,
        scope: String? = nil,
        expiresAt: Timestamp? = nil,
        lastUsedAt: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.defaultChannelID = defaultChannelID
        self.label = label
        self.keyPrefix = keyPrefix
        self.scope = scope
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }

    package func hasExpired(at now: Timestamp) -> Bool {
        expiresAt.map { $0 <= now } ?? false
    }
}

extension APIKey: StoredRecord {
    static let columns = Columns<APIKey>(
        of: "api_keys",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userID }),
            ("default_channel_id", { $0.defaultChannelID }),
            ("label", { $0.label }),
            ("key_prefix", { $0.keyPrefix }),
            ("scope", { $0.scope }),
            ("expires_at", { $0.expiresAt }),
            ("last_used_at", { $0.lastUsedAt }),
            ("created_at", { $0.createdAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userID = row.next()
        defaultChannelID = row.next()
        label = row.next()
        keyPrefix = row.next()
        scope = row.next()
        expiresAt = row.next()
        lastUsedAt = row.next()
        createdAt = row.next()
    }
}
