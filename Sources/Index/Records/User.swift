import GRDB

/// A person with a login. Encodes to the contract's User; the password hash is never encoded.
package struct User: Sendable, Equatable, Identifiable {
    /// What a user may do: owners administer, members use.
    package enum Role: String, Sendable, Codable, CaseIterable, DatabaseValueConvertible {
        case owner, member
    }

    /// How pages look to a user.
    package enum Theme: String, Sendable, Codable, CaseIterable, DatabaseValueConvertible {
        case system, light, dark
    }

    package var id: String
    /// As it was typed; unique without regard to case.
    package var email: String
    package var displayName: String
    package var role: Role
    /// Algorithm, parameters, salt and hash in one text; opaque here.
    package var passwordHash: String
    package var mustChangePassword: Bool
    package var createdAt: Timestamp

    /// A user as given; nothing is checked before the insert.
    package init(
        id: String,
        email: String,
        displayName: String,
        role: Role,
        passwordHash: String,
        mustChangePassword: Bool,
        createdAt: Timestamp
    ) {
        self.id = id
        self.email = email
        self.displayName = displayName
        self.role = role
        self.passwordHash = passwordHash
        self.mustChangePassword = mustChangePassword
        self.createdAt = createdAt
    }
}

extension User: Encodable {
    private enum CodingKeys: CodingKey {
        case id, email, displayName, role, mustChangePassword, createdAt
    }
}

extension User: FetchableRecord {
    static let columns = """
        users.id, users.email, users.display_name, users.role, users.password_hash, users.must_change_password, \
        users.created_at
        """

    package init(row: Row) {
        self.init(row: row, from: 0)
    }

    init(row: Row, from column: Int) {
        id = row[column]
        email = row[column + 1]
        displayName = row[column + 2]
        role = row[column + 3]
        passwordHash = row[column + 4]
        mustChangePassword = row[column + 5]
        createdAt = row[column + 6]
    }
}
