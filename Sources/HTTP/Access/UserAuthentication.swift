import HTTPTypes
import Hummingbird

/// The user who is signed in.
package struct UserPrincipal: Sendable, Equatable {
    /// The id of the user, as text.
    package let user: String
    /// The id of the session, as text.
    package let session: String
    /// Whether the user is an owner, and so may administer.
    package let isOwner: Bool
    /// Whether the user must choose another password before doing anything else.
    package let mustChangePassword: Bool

    package init(user: String, session: String, isOwner: Bool, mustChangePassword: Bool) {
        self.user = user
        self.session = session
        self.isOwner = isOwner
        self.mustChangePassword = mustChangePassword
    }
}

/// Knows which session tokens are valid. `Accounts` fills it in.
package protocol UserAuthenticator: Sendable {
    /// The principal for whom a token speaks. Nil when the token is unknown, expired or revoked.
    func principal(forToken token: String) async throws -> UserPrincipal?
}

/// The context of a request with a valid session, of a user who may have to change the password first. A handler that
/// takes it cannot be reached without a session.
package struct SessionContext: ChildRequestContext, Connected {
    package var coreContext: CoreRequestContextStorage
    package let connection: Connection
    package let user: UserPrincipal
    package var payer: String { user.user }

    package init(context: RootContext) throws {
        guard let user = context.user else { throw APIError.notSignedIn }
        coreContext = context.coreContext
        connection = context.connection
        self.user = user
    }
}

/// The same for a user whose password need not be changed first.
package struct UserContext: ChildRequestContext, Connected {
    package var coreContext: CoreRequestContextStorage
    package let connection: Connection
    package let user: UserPrincipal
    package var payer: String { user.user }

    package init(context: RootContext) throws {
        let context = try SessionContext(context: context)
        if context.user.mustChangePassword { throw APIError.passwordMustChange }
        coreContext = context.coreContext
        connection = context.connection
        user = context.user
    }
}

/// The same for an owner. A handler that takes it cannot be reached by other users.
package struct OwnerContext: ChildRequestContext, Connected {
    package var coreContext: CoreRequestContextStorage
    package let connection: Connection
    package let user: UserPrincipal
    package var payer: String { user.user }

    package init(context: RootContext) throws {
        let context = try UserContext(context: context)
        guard context.user.isOwner else { throw APIError.ownersOnly }
        coreContext = context.coreContext
        connection = context.connection
        user = context.user
    }
}

/// Lets a request through if it carries the token of a valid session, in a cookie or as `Authorization: Bearer`.
///
/// Tokens that open nothing are always 401, and never 429 for what others on the same address did: a page that asks
/// whether somebody is signed in must be able to tell. Guessing 256 bits needs no limit.
struct UserAuthentication: RouterMiddleware {
    typealias Context = RootContext

    let authenticator: any UserAuthenticator
    let limits: RateLimits?

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let principal = try await principal(of: request) else { throw APIError.notSignedIn }
        try limits?.count(key: principal.session)
        var context = context
        context.user = principal
        context.connection.notes.caller = "user:\(principal.user)"
        return try await next(request, context)
    }

    private func principal(of request: Request) async throws -> UserPrincipal? {
        for token in request.sessionTokens {
            if let principal = try await authenticator.principal(forToken: token) { return principal }
        }
        return nil
    }
}

extension APIError {
    package static let notSignedIn = APIError(
        .unauthorized,
        "Sign in first: POST /api/auth/login",
        headers: [.wwwAuthenticate: #"Bearer realm="placet""#]
    )
    package static let ownersOnly = APIError(.forbidden, "Only an owner may do this")
    /// The code in `errors` tells programs to ask for the password.
    package static let passwordNeeded = APIError(
        .forbidden,
        "Give your password again: POST /api/auth/confirm, then send this request again",
        fields: [Field(code: "password_needed", message: "was given too long ago", path: ["password"])]
    )
    package static let passwordMustChange = APIError(
        .forbidden,
        "Choose another password first: POST /api/auth/change-password"
    )
}
