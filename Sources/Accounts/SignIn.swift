import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

/// Signing in and out, and the sessions of a user.
extension AccountsModule {
    /// How long a session lasts after the sign-in or the last refresh.
    private static var lifetime: Duration { .seconds(7 * 24 * 60 * 60) }
    /// How long the token before a refresh goes on.
    private static var grace: Duration { .seconds(60) }

    /// Checks email and password, and answers with the cookie of a new session.
    func login(_ request: Request, _ context: RootContext) async throws -> Response {
        let given = try await request.read(context, limit: Limits.signInBody) { Credentials(&$0) }
        let client = context.connection.client
        let user = try await passwords.user(given, from: client, with: request.headers, by: context.origin(.stranger))
        let token = try await openSession(
            for: user,
            userAgent: request.headers[.userAgent],
            by: context.origin(.session, userID: user.id)
        )
        var response = try signedIn(user, token, client)
        response.headers.append(KnownDevice(of: user.passwordHash).cookie(for: client))
        return response
    }

    /// Opens a session for a user whose password has been checked, unless the password was changed meanwhile: that
    /// ended all sessions, and this would be another one by the old password.
    ///
    /// - Throws: ``APIError`` 401, also when the user is gone.
    func openSession(for user: User, userAgent: String?, by origin: Origin = .server) async throws -> Secret {
        let (token, id) = (Secret(.session), Session.ID.make())
        try await index.write(as: origin, for: .upkeep) { tx in
            guard try tx.user(id: user.id)?.passwordHash == user.passwordHash else { throw APIError.invalidCredentials }
            let session = Session(
                id: id,
                userID: user.id,
                userAgent: userAgent.map { String($0.prefix(Limits.userAgent)) },
                createdAt: tx.now,
                lastUsedAt: tx.now,
                expiresAt: tx.now + Self.lifetime
            )
            try tx.insert(session, hash: token.hash)
        }
        return token
    }

    func me(_ request: Request, _ context: SessionContext) async throws -> Response {
        try .json(AccountJSON(try await user(context)))
    }

    /// Gives the session another token and seven more days. The old token is good for another minute.
    ///
    func refresh(_ request: Request, _ context: SessionContext) async throws -> Response {
        let user = try await user(context)
        let (token, sessionID) = (Secret(.session), context.user.sessionID)
        let old = request.sessionHashes
        try await index.write(by: context.principal, for: .upkeep) { tx, _ in
            let (expiresAt, oldEnd) = (tx.now + Self.lifetime, tx.now + Self.grace)
            try tx.renewSession(
                id: sessionID,
                hash: token.hash,
                expiresAt: expiresAt,
                retiring: old,
                at: oldEnd
            )
        }
        return try signedIn(user, token, context.connection.client)
    }

    /// Ends every session whose token the request carries, and takes the cookies away: also from a browser whose session
    /// has ended already.
    func logout(_ request: Request, _ context: RootContext) async throws -> Response {
        let hashes = request.sessionHashes
        let sessions = try await index.read { reader in
            try hashes.compactMap { try reader.session(hash: $0, now: .now())?.session }
        }
        for session in sessions {
            let origin = context.origin(.session, userID: session.userID, credential: session.id.rawValue)
            try await index.write(as: origin, for: .upkeep) { try $0.endAnySession(id: session.id) }
        }
        var response = try Response.json(["message": "Signed out"])
        response.headers.append(contentsOf: SessionCookie.removal(for: context.connection.client))
        return response
    }

    /// Changes the user's password to another one, and ends the user's other sessions. This one stays.
    ///
    /// - Throws: ``APIError`` 401 for a wrong current password, 400 when the new one is the same, 429 after too many
    ///   tries in this session.
    func changePassword(_ request: Request, _ context: SessionContext) async throws -> Response {
        let change = try await request.read(context) { PasswordChange(&$0) }
        let (user, sessionID) = (try await user(context), context.user.sessionID)
        try await passwords.confirm(change.current, of: user, in: sessionID, by: context.origin)
        guard change.new != change.current else {
            throw APIError.invalid("newPassword", "must differ from the current password")
        }
        let hash = try await hashing.run { try NewPassword(change.new).hash }
        try await index.write(by: context.principal, for: .upkeep) { tx, user in
            guard var user = try tx.user(id: user.id) else { throw IndexError.notSignedIn }
            try tx.setPassword(hash, of: &user, mustChange: false, keeping: sessionID)
            try tx.notePasswordGiven(id: sessionID)
        }
        var response = try Response.json(["message": "Password changed"])
        response.headers.append(KnownDevice(of: hash).cookie(for: context.connection.client))
        return response
    }

    /// Checks the user's password again, for the next hour of acts that ask for it.
    ///
    /// - Throws: ``APIError`` 401 for a wrong password, 429 after too many tries in this session.
    func confirm(_ request: Request, _ context: UserContext) async throws -> Response {
        let password = try await request.read(context) { $0.string("password", length: Limits.password) }
        let sessionID = context.user.sessionID
        let user = try await user(context)
        try await passwords.confirm(password, of: user, in: sessionID, by: context.origin)
        try await index.write(by: context.principal, for: .upkeep) { tx, _ in try tx.notePasswordGiven(id: sessionID) }
        return try .json(["message": "Password confirmed"])
    }

    func listSessions(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = context.user.sessionID
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let sessions = try await index.read(by: context.principal) {
            try $0.sessions(userID: $1.id, now: .now(), before: page.cursor(), limit: page.limit + 1)
        }
        return try .array(
            PageJSON(sessions, limit: page.limit, id: \.id) { SessionJSON($0, isCurrent: $0.id == id) },
            of: request
        )
    }

    /// Ends one of the user's sessions at once.
    ///
    /// - Throws: ``APIError`` 404, also for another user's session.
    func endSession(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Session.self)
        let isThere = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            try tx.endSession(id, ownedBy: user)
        }
        guard isThere else {
            throw APIError(.notFound, "Session not found")
        }
        return try .json(["deleted": true])
    }

    /// The user as stored now.
    private func user(_ context: some CallerContext) async throws -> User {
        let user = try await index.read(by: context.principal) { try $0.user(id: $1.id) }
        guard let user else { throw IndexError.notSignedIn }
        return user
    }

    /// The answer that hands out a token, in the cookie alone.
    private func signedIn(_ user: User, _ token: Secret, _ client: Client) throws -> Response {
        var response = try Response.json(AccountJSON(user))
        response.headers.append(SessionCookie.header(token.text, maxAge: Self.lifetime, for: client))
        return response
    }
}

extension Request {
    /// The SHA-256 of every session token that the request carries.
    fileprivate var sessionHashes: [[UInt8]] { sessionTokens.compactMap { Secret($0, .session)?.hash } }
}

extension APIError {
    /// It names a scheme that the client may use, as every 401 must (RFC 9110 section 11.6.1).
    static let invalidCredentials = APIError(
        .unauthorized,
        "Invalid credentials",
        headers: [.wwwAuthenticate: #"Bearer realm="placet""#]
    )
}
