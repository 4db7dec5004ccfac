extension Querying {
    /// The user of that id; nil once deleted.
    package func user(id: User.ID) throws -> User? {
        try one(SQL.userByID, [id])
    }

    /// The user with that email address, without regard to case or to the Unicode form it is typed in.
    package func user(email: String) throws -> User? {
        try one(SQL.userByEmail, [User.folded(email)])
    }

    /// All users, oldest first by id.
    ///
    /// - Parameter after: the id of the last row on the page before; nil starts with the oldest.
    package func users(after: User.ID? = nil, limit: Int = .max) throws -> [User] {
        try all(SQL.users, [after ?? .beforeAll, limit])
    }

    /// How pages look to a user; nil when the user is gone.
    package func theme(userID: User.ID) throws -> User.Theme? {
        try one(SQL.theme, [userID])
    }

    /// The owner who has been there longest; nil in an index that is new.
    package func firstOwner() throws -> User? {
        try one(SQL.firstOwner)
    }
}

extension Querying {
    /// When the row of a deleted user can be removed, because the agents are gone: a time in the past, or nil for
    /// never.
    package func nextUserRemoval() throws -> Timestamp? {
        try one(SQL.nextRemoval)
    }
}

extension User {
    /// The condition of an insert for a user, whose id is its last argument. Nothing can be made for a deleted user.
    static let isThere = "EXISTS (SELECT 1 FROM users WHERE id = ? AND removed_at IS NULL)"
}

extension Transaction {
    /// Runs an insert with the condition ``User/isThere``.
    ///
    /// - Throws: ``IndexError/missingReference`` when the user is deleted.
    func insert(_ sql: String, _ values: Arguments, of userID: User.ID) throws {
        guard try execute(sql, values + [userID]) > 0 else { throw IndexError.missingReference }
    }

    /// Stores a user.
    ///
    /// - Throws: ``IndexError/duplicate`` when the id or the email address is taken.
    package func insert(_ user: User) throws {
        try execute(SQL.insertUser, user.values + [User.folded(user.email)])
        try note(.userCreated, user.id)
    }

    /// Stores what can change about a user: name, role, password and quota. What changes nothing is not noted.
    ///
    /// - Parameter action: what the audit log calls it.
    package func update(_ user: User, as action: AuditEntry.Action = .userChanged) throws {
        guard try self.user(id: user.id) != user else { return }
        try execute(
            SQL.updateUser,
            [user.displayName, user.role, user.passwordHash, user.mustChangePassword, user.quotaBytes, user.id]
        )
        try note(action, user.id)
    }

    /// Sets how pages look to a user.
    package func setTheme(_ theme: User.Theme, of user: ActingUser) throws {
        guard try self.theme(userID: user.id) != theme else { return }
        try execute("UPDATE users SET theme = ? WHERE id = ?", [theme, user.id])
        try note(.settingsChanged, "theme")
    }

    /// Deletes a user with all sessions, keys and agents. The user disappears at once and for good, and the address is
    /// free again. The row is removed later, when the agents' rows are gone.
    package func deleteUser(id: User.ID) throws {
        try endSessions(userID: id)
        try execute("DELETE FROM api_keys WHERE user_id = ?", [id])
        try execute("DELETE FROM notice_ways WHERE user_id = ?", [id])
        announcements.ring(.access(id))
        let channels: [Agent.ID] = try all(SQL.channels, [id])
        for channel in channels { try removeAgent(channel) }
        try execute(SQL.removeUser, [now, id])
        try note(.userDeleted, id)
    }

    /// Removes the rows of deleted users whose agents and open uploads are gone, at most `limit`. With its row an upload
    /// would leave its bytes.
    package func removeDeletedUsers(limit: Int) throws {
        try execute(SQL.removeDeleted, [limit])
    }

    /// How many owners there are.
    package func ownerCount() throws -> Int {
        try one("SELECT count(*) FROM users WHERE role = 'owner' AND removed_at IS NULL") ?? 0
    }
}

private enum SQL {
    static let updateUser = """
        UPDATE users SET display_name = ?, role = ?, password_hash = ?, must_change_password = ?, quota_bytes = ?
        WHERE id = ?
        """
    static let removeUser = "UPDATE users SET removed_at = ?, email_folded = id WHERE id = ? AND removed_at IS NULL"
    private static let isEmptied = """
        removed_at IS NOT NULL AND NOT EXISTS (SELECT * FROM agents WHERE agents.user_id = users.id)
            AND NOT EXISTS (SELECT * FROM partial_uploads WHERE user_id = users.id AND received < length)
        """
    static let nextRemoval = "SELECT min(removed_at) FROM users WHERE \(isEmptied)"
    static let removeDeleted = "DELETE FROM users WHERE id IN (SELECT id FROM users WHERE \(isEmptied) LIMIT ?)"
    static let userByID = "SELECT \(User.columns) FROM users WHERE id = ? AND removed_at IS NULL"
    static let userByEmail = "SELECT \(User.columns) FROM users WHERE email_folded = ? AND removed_at IS NULL"
    static let firstOwner = """
        SELECT \(User.columns) FROM users WHERE role = 'owner' AND removed_at IS NULL ORDER BY id LIMIT 1
        """
    static let theme = "SELECT theme FROM users WHERE id = ? AND removed_at IS NULL"
    static let users = "SELECT \(User.columns) FROM users WHERE id > ? AND removed_at IS NULL ORDER BY id LIMIT ?"
    static let channels = "SELECT id FROM agents WHERE user_id = ? AND removed_at IS NULL"
    static let insertUser = User.columns.insert(and: [("email_folded", "?")])
}
