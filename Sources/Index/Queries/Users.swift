import GRDB

extension Querying {
    /// The user of that id.
    package func user(id: String) throws -> User? {
        try one(SQL.userByID, [id])
    }

    /// The user of that address, upper and lower case being the same.
    package func user(email: String) throws -> User? {
        try one(SQL.userByEmail, [email.lowercased()])
    }

    /// Everybody, oldest first.
    package func users() throws -> [User] {
        try all(SQL.users)
    }

    /// How many users there are.
    package func userCount() throws -> Int {
        try count("SELECT count(*) FROM users")
    }
}

extension Transaction {
    /// Stores a user; `IndexError.duplicate` when the id or the address is taken.
    package func insert(_ user: User) throws {
        try execute(
            SQL.insertUser,
            [
                user.id, user.email, user.email.lowercased(), user.displayName, user.role, user.passwordHash,
                user.mustChangePassword, user.createdAt,
            ]
        )
    }
}

private enum SQL {
    static let userByID = "SELECT \(User.columns) FROM users WHERE id = ?"
    static let userByEmail = "SELECT \(User.columns) FROM users WHERE email_folded = ?"
    static let users = "SELECT \(User.columns) FROM users ORDER BY id"
    static let insertUser = """
        INSERT INTO users
            (id, email, email_folded, display_name, role, password_hash, must_change_password, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
}
