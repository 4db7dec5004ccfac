import GRDB

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

extension Session: FetchableRecord {
    static let columns = """
        sessions.id, sessions.user_id, sessions.user_agent, sessions.created_at, sessions.last_used_at, \
        sessions.expires_at
        """
    static let columnCount = 6

    package init(row: Row) {
        id = row[0]
        userId = row[1]
        userAgent = row[2]
        createdAt = row[3]
        lastUsedAt = row[4]
        expiresAt = row[5]
    }
}
