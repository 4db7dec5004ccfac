import FoundationEssentials

extension Querying {
    /// The session one of whose tokens has this SHA-256 (32 bytes), with its user; nil once either has expired.
    package func session(hash: [UInt8], now: Timestamp) throws -> (session: Session, user: User)? {
        let found: SessionWithUser? = try one(SQL.byHash, [Data(hash), now, now])
        return found.map { ($0.session, $0.user) }
    }

    /// A user's sessions that have not expired, newest first by id.
    ///
    /// - Parameter before: the id of the last row on the page before; nil starts with the newest.
    package func sessions(
        userID: User.ID,
        now: Timestamp,
        before: Session.ID? = nil,
        limit: Int = .max
    ) throws -> [Session] {
        try all(SQL.byUser, [userID, before ?? .afterAll, now, limit])
    }

    /// The session of that id, with its user; nil once it has ended.
    package func session(id: Session.ID, now: Timestamp) throws -> (session: Session, user: User)? {
        let found: SessionWithUser? = try one(SQL.byID, [id, now])
        return found.map { ($0.session, $0.user) }
    }

    /// When the next session ends; a time in the past if the sweep is late.
    package func nextSessionEnd() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM sessions")
    }
}

extension Transaction {
    /// Stores a session with its first token, of which only the SHA-256 (32 bytes) is kept. Ends the one that was used
    /// longest ago when the user has more than ``Session/maxPerUser``.
    ///
    /// - Throws: ``IndexError/missingReference`` when its user is deleted, ``IndexError/duplicate`` when the hash is
    ///   taken.
    package func insert(_ session: Session, hash: [UInt8]) throws {
        try insert(SQL.insert, session.values, of: session.userID)
        try execute(SQL.insertToken, [Data(hash), session.id, session.expiresAt])
        try note(.signedIn, session.id)
        guard try execute(SQL.endOldest, [session.userID, Session.maxPerUser]) > 0 else { return }
        announcements.ring(.access(session.userID))
    }

    /// Notes that the user has just given the password in a session. Does nothing when it is gone.
    package func notePasswordGiven(id: Session.ID) throws {
        try execute("UPDATE sessions SET password_given_at = ? WHERE id = ?", [now, id])
    }

    /// Gives a session another token, and lets those with the hashes `old` go on until `oldEnd` at most, so that
    /// requests under way and other tabs are not cut off. Only the newest few tokens go on at all. Does nothing when
    /// the session is gone.
    package func renewSession(
        id: Session.ID,
        hash: [UInt8],
        expiresAt: Timestamp,
        retiring old: [[UInt8]],
        at oldEnd: Timestamp
    ) throws {
        guard try execute(SQL.renew, [now, expiresAt, id]) > 0 else { return }
        for hash in old { try execute(SQL.retireToken, [oldEnd, Data(hash), id]) }
        try execute(SQL.insertToken, [Data(hash), id, expiresAt])
        try execute(SQL.removeOldTokens, [id, now, id])
    }

    /// Notes that a session was used now. Does nothing when it is gone.
    package func touchSession(id: Session.ID) throws {
        try execute("UPDATE sessions SET last_used_at = ? WHERE id = ?", [now, id])
    }

    /// Ends a session of a user; false when the user has no such session.
    @discardableResult
    package func endSession(_ id: Session.ID, ownedBy user: ActingUser) throws -> Bool {
        announcements.ring(.access(user.id))
        guard try execute("DELETE FROM sessions WHERE id = ? AND user_id = ?", [id, user.id]) > 0 else { return false }
        try note(.sessionEnded, id)
        return true
    }

    /// Ends a session, whoever's it is, for one who showed its token. Does nothing when it is gone.
    package func endAnySession(id: Session.ID) throws {
        let userID: User.ID? = try one("DELETE FROM sessions WHERE id = ? RETURNING user_id", [id])
        guard let userID else { return }
        announcements.ring(.access(userID))
        try note(.sessionEnded, id)
    }

    /// Ends all sessions of a user, or all but one.
    package func endSessions(userID: User.ID, butNot id: Session.ID? = nil) throws {
        announcements.ring(.access(userID))
        try execute("DELETE FROM sessions WHERE user_id = ? AND id IS DISTINCT FROM ?", [userID, id])
    }

    /// Removes sessions that have ended, at most `limit`.
    package func removeEndedSessions(limit: Int) throws {
        try execute(SQL.removeEnded, [now, limit])
    }
}

private struct SessionWithUser: RowReadable {
    let session: Session
    let user: User

    init(row: inout Row) {
        session = Session(row: &row)
        user = User(row: &row)
    }
}

private enum SQL {
    static let byHash = """
        SELECT \(Session.columns), \(User.columns)
        FROM session_tokens JOIN sessions ON sessions.id = session_tokens.session_id
        JOIN users ON users.id = sessions.user_id
        WHERE session_tokens.hash = ? AND session_tokens.until > ?
        AND sessions.expires_at > ? AND users.removed_at IS NULL
        """
    static let byID = """
        SELECT \(Session.columns), \(User.columns) FROM sessions JOIN users ON users.id = sessions.user_id
        WHERE sessions.id = ? AND sessions.expires_at > ? AND users.removed_at IS NULL
        """
    static let byUser = """
        SELECT \(Session.columns) FROM sessions
        WHERE user_id = ? AND id < ? AND expires_at > ? ORDER BY id DESC LIMIT ?
        """
    static let insert = Session.columns.insert(where: User.isThere)
    static let endOldest = """
        DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE user_id = ? ORDER BY last_used_at DESC, id DESC LIMIT 1000000 OFFSET ?
        )
        """
    static let insertToken = "INSERT INTO session_tokens (hash, session_id, until) VALUES (?, ?, ?)"
    static let renew = "UPDATE sessions SET last_used_at = ?, expires_at = ? WHERE id = ?"
    static let retireToken = "UPDATE session_tokens SET until = min(until, ?) WHERE hash = ? AND session_id = ?"
    /// Refreshing in a loop must not fill the table. Whoever does it keeps the last eight.
    static let removeOldTokens = """
        DELETE FROM session_tokens WHERE session_id = ? AND (until <= ? OR hash NOT IN (
            SELECT hash FROM session_tokens WHERE session_id = ? ORDER BY until DESC LIMIT 8
        ))
        """
    static let removeEnded = """
        DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """
}
