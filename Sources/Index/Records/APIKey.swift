/// An API key, with which agents act for the user who owns it.
///
/// The record holds neither the key nor its hash. The key is shown once, when it is made; the hash stays in the table.
package struct APIKey: Sendable, Equatable, Identifiable {
    package var id: Identifier<APIKey>
    package var userID: User.ID
    package var label: String
    /// The first 11 characters of the key, so that users can tell their keys apart.
    package var keyPrefix: String
    package var lastUsedAt: Timestamp?
    package var createdAt: Timestamp

    /// Never used by default.
    package init(
        id: Identifier<APIKey>,
        userID: User.ID,
        label: String,
        keyPrefix: String,
        lastUsedAt: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.label = label
        self.keyPrefix = keyPrefix
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }
}

extension APIKey: StoredRecord {
    static let columns = Columns<APIKey>(
        of: "api_keys",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userID }),
            ("label", { $0.label }),
            ("key_prefix", { $0.keyPrefix }),
            ("last_used_at", { $0.lastUsedAt }),
            ("created_at", { $0.createdAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userID = row.next()
        label = row.next()
        keyPrefix = row.next()
        lastUsedAt = row.next()
        createdAt = row.next()
    }
}
