/// Somebody signed in. The token is known to its holder alone; the table has its SHA-256.
package struct Session: Sendable, Equatable, Identifiable {
    package var id: String
    package var userId: String
    /// What the client calls itself, to be recognised by.
    package var userAgent: String?
    package var createdAt: Timestamp
    package var lastUsedAt: Timestamp
    package var expiresAt: Timestamp

    /// A session as given; nothing is checked before the insert.
    package init(
        id: String,
        userId: String,
        userAgent: String?,
        createdAt: Timestamp,
        lastUsedAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.userId = userId
        self.userAgent = userAgent
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

extension Session: StoredRecord {
    static let columns = Columns<Session>(
        of: "sessions",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userId }),
            ("user_agent", { $0.userAgent }),
            ("created_at", { $0.createdAt }),
            ("last_used_at", { $0.lastUsedAt }),
            ("expires_at", { $0.expiresAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userId = row.next()
        userAgent = row.next()
        createdAt = row.next()
        lastUsedAt = row.next()
        expiresAt = row.next()
    }
}
