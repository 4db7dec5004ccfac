import Foundation

extension Querying {
    /// The session whose token has this SHA-256 (32 bytes), with its user; nil once it has expired.
    package func session(hash: [UInt8], now: Timestamp) throws -> (session: Session, user: User)? {
        let found: SessionWithUser? = try one(SQL.byHash, [Data(hash), now])
        return found.map { ($0.session, $0.user) }
    }

    /// A user's sessions that have not expired, newest first.
    package func sessions(userID: User.ID, now: Timestamp) throws -> [Session] {
        try all(SQL.byUser, [userID, now])
    }

    /// Whether a session is still valid. For long requests, which began with it a while ago.
    package func hasSession(id: Session.ID, now: Timestamp) throws -> Bool {
        try exists(SQL.isGood, [id, now])
    }

    /// When the next session ends; a time in the past if the sweep is late.
    package func nextSessionEnd() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM sessions")
    }
}

extension Transaction {
    /// Stores a session under the SHA-256 of its token (32 bytes).
    ///
    /// - Throws: ``IndexError/missingReference`` when its user is gone, ``IndexError/duplicate`` when the hash is
    ///   taken.
    package func insert(_ session: Session, hash: [UInt8]) throws {
        try execute(SQL.insert, session.values + [Data(hash)])
    }

    /// Gives a session a new token. The old one stops working at once. False when the session is gone.
    package func renewSession(id: Session.ID, hash: [UInt8], expiresAt: Timestamp) throws -> Bool {
        try execute(SQL.renew, [Data(hash), now, expiresAt, id]) > 0
    }

    /// Notes that a session was used now. Does nothing when it is gone.
    package func touchSession(id: Session.ID) throws {
        try execute("UPDATE sessions SET last_used_at = ? WHERE id = ?", [now, id])
    }

    /// Ends a session of a user; false when the user has no such session.
    @discardableResult
    package func endSession(_ id: Session.ID, ownedBy userID: User.ID) throws -> Bool {
        try execute("DELETE FROM sessions WHERE id = ? AND user_id = ?", [id, userID]) > 0
    }

    /// Ends all sessions of a user, or all but one.
    package func endSessions(userID: User.ID, butNot id: Session.ID? = nil) throws {
        try execute("DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?", [userID, id])
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
        FROM sessions JOIN users ON users.id = sessions.user_id
        WHERE sessions.token_hash = ? AND sessions.expires_at > ? AND users.removed_at IS NULL
        """
    static let isGood = "SELECT 1 FROM sessions WHERE id = ? AND expires_at > ?"
    static let byUser = """
        SELECT \(Session.columns) FROM sessions WHERE user_id = ? AND expires_at > ? ORDER BY id DESC
        """
    static let insert = Session.columns.insert(and: [("token_hash", "?")])
    static let renew = "UPDATE sessions SET token_hash = ?, last_used_at = ?, expires_at = ? WHERE id = ?"
    static let removeEnded = """
        DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """
}
