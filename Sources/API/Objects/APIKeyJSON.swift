import Index

/// An API key (`ApiKey` in docs/api.md). Its hash is never shown.
package struct APIKeyJSON: Encodable, Sendable {
    let id: APIKey.ID
    let userId: User.ID
    @OrNull var defaultChannelId: Agent.ID?
    let label: String
    let keyPrefix: String
    /// Null for everything.
    @OrNull var scope: [String]?
    /// Null for never.
    @OrNull var expiresAt: Timestamp?
    @OrNull var lastUsedAt: Timestamp?
    let createdAt: Timestamp
    /// The key itself, only in the answer to the request that made it: the server cannot show it again.
    let key: String?

    package init(_ record: APIKey, key: String? = nil) {
        id = record.id
        userId = record.userID
        defaultChannelId = record.defaultChannelID
        label = record.label
        keyPrefix = record.keyPrefix
        scope = record.scope?.split(separator: " ").map(String.init)
        expiresAt = record.expiresAt
        lastUsedAt = record.lastUsedAt
        createdAt = record.createdAt
        self.key = key
    }
}
