import Index

/// An API key (`ApiKey` in docs/api.md). Its hash is never shown.
package struct APIKeyJSON: Encodable, Sendable {
    let id: APIKey.ID
    let userId: User.ID
    let label: String
    let keyPrefix: String
    @OrNull var lastUsedAt: Timestamp?
    let createdAt: Timestamp
    /// The key itself, only in the answer to the request that made it: the server cannot show it again.
    let key: String?

    package init(_ record: APIKey, key: String? = nil) {
        id = record.id
        userId = record.userID
        label = record.label
        keyPrefix = record.keyPrefix
        lastUsedAt = record.lastUsedAt
        createdAt = record.createdAt
        self.key = key
    }
}
