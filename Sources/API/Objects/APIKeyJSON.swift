import Index

/// An agent program's key (`ApiKey` in docs/api.md).
package struct APIKeyJSON: Encodable, Sendable {
    let id: APIKey.ID
    let userId: User.ID
    let label: String
    let keyPrefix: String
    @OrNull var lastUsedAt: Timestamp?
    let createdAt: Timestamp
    /// The key itself: in the answer that makes it, and nowhere else.
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
