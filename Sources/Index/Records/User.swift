import FoundationEssentials

/// A user: the account of a person, and the person.
package struct User: Sendable, Equatable, Identifiable {
    /// What a user may do: owners administer, members only use the service.
    package enum Role: String, Sendable, CaseIterable, Storable {
        case owner, member
    }

    /// How pages look to the user.
    package enum Theme: String, Sendable, CaseIterable, Storable {
        case system, light, dark
    }

    package var id: Identifier<User>
    /// As the user typed it; unique by ``folded(_:)``.
    package var email: String
    package var displayName: String
    package var role: Role
    /// Algorithm, parameters, salt and hash in one text, which means nothing to the index.
    package var passwordHash: String
    package var mustChangePassword: Bool
    /// How many bytes of files the user may have; nil for what is configured.
    package var quotaBytes: Int?
    package var createdAt: Timestamp

    /// Nothing is checked before the insert.
    package init(
        id: Identifier<User>,
        email: String,
        displayName: String,
        role: Role,
        passwordHash: String,
        mustChangePassword: Bool,
        quotaBytes: Int? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.email = email
        self.displayName = displayName
        self.role = role
        self.passwordHash = passwordHash
        self.mustChangePassword = mustChangePassword
        self.quotaBytes = quotaBytes
        self.createdAt = createdAt
    }
}

extension User {
    /// What two spellings of one email address have in common: lower case, and composed (NFC) whatever the keyboard
    /// sent.
    package static func folded(_ email: String) -> String { email.lowercased().composed }
}

extension User: StoredRecord {
    static let columns = Columns<User>(
        of: "users",
        [
            ("id", { $0.id }),
            ("email", { $0.email }),
            ("display_name", { $0.displayName }),
            ("role", { $0.role }),
            ("password_hash", { $0.passwordHash }),
            ("must_change_password", { $0.mustChangePassword }),
            ("quota_bytes", { $0.quotaBytes }),
            ("created_at", { $0.createdAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        email = row.next()
        displayName = row.next()
        role = row.next()
        passwordHash = row.next()
        mustChangePassword = row.next()
        quotaBytes = row.next()
        createdAt = row.next()
    }
}
