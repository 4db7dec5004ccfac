import API
import HTTP
import HTTPTypes
import Hummingbird
import Index

/// Checks passwords, and slows down guessing. Tries are counted whether or not there is such a user:
///
/// - for an email from an address five tries, then one every ten seconds;
/// - from an address, for any emails, twenty tries, then one a second.
///
/// The right password clears the tries for its email, and does not count for its address (docs/api.md, "Users", Signing
/// in).
struct PasswordCheck: Sendable {
    /// By email and address.
    private let tries = RateLimiter<[String]>(interval: .seconds(10), burst: 5)
    private let triesOfAddresses = RateLimiter<String>(interval: .seconds(1), burst: 20)
    private let index: SQLiteIndex
    private let hashing: HashingQueue

    init(index: SQLiteIndex, hashing: HashingQueue) {
        self.index = index
        self.hashing = hashing
    }

    /// The user with this email, if the password is right.
    ///
    /// - Throws: ``APIError`` 401, the same and after the same time for an unknown user as for a wrong password; 429
    ///   after too many tries, or while too many passwords wait to be hashed.
    func user(email: String, password: String, from connection: Connection) async throws -> User {
        // Counted before it is checked, so that many at once are not let through together.
        let address = connection.addressGroup
        let caller = [email.lowercased(), address]
        if let wait = tries.take(caller) ?? triesOfAddresses.take(address) { throw APIError.tooManyRequests(wait) }
        let user = try await index.read { try $0.user(email: email) }
        let hash = user?.passwordHash ?? PasswordHash.nobody
        let isRight: Bool
        do {
            isRight = try await hashing.run { PasswordHash.matches(password, hash) }
        } catch {
            // Too many were waiting, so nothing was tried.
            tries.giveBack(caller)
            triesOfAddresses.giveBack(address)
            throw error
        }
        guard let user, isRight else { throw APIError.invalidCredentials }
        tries.forget(caller)
        triesOfAddresses.giveBack(address)
        return user
    }
}

/// Signing in and out, and the sessions of a user.
extension AccountsModule {
    /// How long a session lasts after the sign-in or the last refresh.
    private static var lifetime: Duration { .seconds(7 * 24 * 60 * 60) }

    /// Checks email and password, and answers with the cookie of a new session.
    func login(_ request: Request, _ context: RootContext) async throws -> Response {
        let given = try await request.read(context) { Credentials(&$0) }
        let user = try await passwords.user(email: given.email, password: given.password, from: context.connection)
        let token = try await openSession(for: user, userAgent: request.headers[.userAgent])
        return try signedIn(user, token, request)
    }

    /// Opens a session for a user whose password has been checked, unless the password was changed meanwhile: that
    /// ended all sessions, and this would be another one by the old password.
    ///
    /// - Throws: ``APIError`` 401, also when the user is gone.
    func openSession(for user: User, userAgent: String?) async throws -> Secret {
        let (token, id) = (Secret(.session), Session.ID.make())
        try await index.write(for: .upkeep) { tx in
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

    func me(_ request: Request, _ context: UserContext) async throws -> Response {
        try .json(AccountJSON(try await user(context)))
    }

    /// Gives the session another token and seven more days. The old token is dead at once.
    ///
    /// - Throws: ``APIError`` 401 when the session has ended meanwhile.
    func refresh(_ request: Request, _ context: UserContext) async throws -> Response {
        let user = try await user(context)
        let (token, sessionID) = (Secret(.session), context.principal.sessionID)
        let isThere = try await index.write(for: .upkeep) { tx in
            try tx.renewSession(id: sessionID, hash: token.hash, expiresAt: tx.now + Self.lifetime)
        }
        guard isThere else { throw APIError.notSignedIn }
        return try signedIn(user, token, request)
    }

    /// Ends this session and takes the cookie away.
    func logout(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (context.principal.sessionID, context.userID)
        try await index.write(for: .upkeep) { tx in _ = try tx.endSession(id, ownedBy: userID) }
        var response = try Response.json(["message": "Signed out"])
        response.headers[.setCookie] = SessionCookie.header("", maxAge: .zero, for: request)
        return response
    }

    /// Changes the user's password, and ends the user's other sessions. This one stays.
    ///
    /// - Throws: ``APIError`` 401 for a wrong current password, whose tries count as those to sign in; 429.
    func changePassword(_ request: Request, _ context: UserContext) async throws -> Response {
        let change = try await request.read(context) { PasswordChange(&$0) }
        let (user, sessionID) = (try await user(context), context.principal.sessionID)
        _ = try await passwords.user(email: user.email, password: change.current, from: context.connection)
        let hash = try await hashing.run { try NewPassword(change.new).hash }
        try await index.write(for: .upkeep) { tx in
            guard var user = try tx.user(id: user.id) else { throw APIError.notSignedIn }
            try tx.setPassword(hash, of: &user, mustChange: false, keeping: sessionID)
        }
        return try .json(["message": "Password changed"])
    }

    func listSessions(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (context.principal.sessionID, context.userID)
        let sessions = try await index.read { try $0.sessions(userID: userID, now: .now()) }
        return try .json(sessions.map { SessionJSON($0, isCurrent: $0.id == id) })
    }

    /// Ends one of the user's sessions at once.
    ///
    /// - Throws: ``APIError`` 404, also for another user's session.
    func endSession(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Session.self), context.userID)
        guard try await index.write(for: .upkeep, { tx in try tx.endSession(id, ownedBy: userID) }) else {
            throw APIError(.notFound, "Session not found")
        }
        return try .json(["deleted": true])
    }

    /// The user as stored now. 401 when the user was deleted meanwhile.
    private func user(_ context: UserContext) async throws -> User {
        let userID = context.userID
        guard let user = try await index.read({ try $0.user(id: userID) }) else { throw APIError.notSignedIn }
        return user
    }

    /// The answer that hands out a token, in the cookie alone. No cache may keep it.
    private func signedIn(_ user: User, _ token: Secret, _ request: Request) throws -> Response {
        var response = try Response.json(AccountJSON(user))
        response.headers[.setCookie] = SessionCookie.header(token.text, maxAge: Self.lifetime, for: request)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension APIError {
    /// It names a scheme that the client may use, as every 401 must (RFC 9110 section 11.6.1).
    static let invalidCredentials = APIError(
        .unauthorized,
        "Invalid credentials",
        headers: [.wwwAuthenticate: #"Bearer realm="placet""#]
    )
}
