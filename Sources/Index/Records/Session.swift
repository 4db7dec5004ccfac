/// The session of a signed-in user. Only the client knows the token; the table has its SHA-256.
package struct Session: Sendable, Equatable, Identifiable {
    /// How many sessions a user may have. One more ends the one that was used longest ago.
    static let maxPerUser = 1000

    package var id: Identifier<Session>
    package var userID: User.ID
    /// What the client calls itself, so that the user can recognize the session.
    package var userAgent: String?
    package var createdAt: Timestamp
    /// When the user last gave the password in this session: first when it began.
    package var passwordGivenAt: Timestamp
    package var lastUsedAt: Timestamp
    package var expiresAt: Timestamp

    /// Nothing is checked before the insert.
    package init(
        id: Identifier<Session>,
        userID: User.ID,
        userAgent: String?,
        createdAt: Timestamp,
        lastUsedAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.userAgent = userAgent
        self.createdAt = createdAt
        passwordGivenAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

extension Session: StoredRecord {
    static let columns = Columns<Session>(
        of: "sessions",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userID }),
            ("user_agent", { $0.userAgent }),
            ("created_at", { $0.createdAt }),
            ("password_given_at", { $0.passwordGivenAt }),
            ("last_used_at", { $0.lastUsedAt }),
            ("expires_at", { $0.expiresAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userID = row.next()
        userAgent = row.next()
        createdAt = row.next()
        passwordGivenAt = row.next()
        lastUsedAt = row.next()
        expiresAt = row.next()
    }
}
