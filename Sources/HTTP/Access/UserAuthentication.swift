import FoundationEssentials
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

    package init(user: String, session: String, isOwner: Bool) {
        self.user = user
        self.session = session
        self.isOwner = isOwner
    }
}

/// Knows which session tokens are valid. `Accounts` fills it in.
package protocol UserAuthenticator: Sendable {
    /// The principal for whom a token speaks. Nil when the token is unknown, expired or revoked.
    func principal(forToken token: String) async throws -> UserPrincipal?
}

/// The context of a request with a valid session. A handler that takes it cannot be reached without one.
package struct UserContext: ChildRequestContext, CallerContext {
    package var coreContext: CoreRequestContextStorage
    package let connection: Connection
    package let principal: UserPrincipal
    package var user: String { principal.user }

    package init(context: RootContext) throws {
        guard let user = context.user else { throw APIError.notSignedIn }
        coreContext = context.coreContext
        connection = context.connection
        principal = user
    }
}

/// The context of a request from an owner. A handler that takes it cannot be reached by other users.
package struct OwnerContext: ChildRequestContext, CallerContext {
    package var coreContext: CoreRequestContextStorage
    package let connection: Connection
    package let principal: UserPrincipal
    package var user: String { principal.user }

    package init(context: RootContext) throws {
        guard let user = context.user else { throw APIError.notSignedIn }
        guard user.isOwner else { throw APIError(.forbidden, "Only an owner may do this") }
        coreContext = context.coreContext
        connection = context.connection
        principal = user
    }
}

/// Lets a request through if it carries a valid session, in the cookie `access_token` or as `Authorization: Bearer`.
struct UserAuthentication: RouterMiddleware {
    typealias Context = RootContext

    let authenticator: any UserAuthenticator
    let limits: RateLimits?

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let token = Self.token(in: request.headers),
            let principal = try await authenticator.principal(forToken: token)
        else {
            try limits?.countFailure(context)
            throw APIError.notSignedIn
        }
        try limits?.count(key: principal.session)
        var context = context
        context.user = principal
        context.caller.label = "user:\(principal.user)"
        return try await next(request, context)
    }

    private static func token(in headers: HTTPFields) -> String? {
        headers.bearerToken ?? SessionCookie.token(in: headers)
    }
}

/// Refuses what another site makes a browser send (cross-site request forgery): a request that changes something and
/// says that it comes from another site.
///
/// Programs send no such headers, so they pass. Requests with a bearer token pass too, because no browser adds one by
/// itself. The session cookie is `SameSite=Lax` as well; this middleware also protects signing in, which needs no
/// cookie.
struct SameOrigin: RouterMiddleware {
    typealias Context = RootContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let isSafe = [.get, .head, .options].contains(request.method)
        if !isSafe, request.headers.bearerToken == nil, Self.isFromElsewhere(request) {
            throw APIError(.forbidden, "Cross-site request refused; send it from this site")
        }
        return try await next(request, context)
    }

    private static func isFromElsewhere(_ request: Request) -> Bool {
        // Fetch Metadata says "none" when the user did it, for example with a bookmark.
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" { return true }
        guard let origin = request.headers[.origin] else { return false }
        guard let components = URLComponents(string: origin), let host = components.host else { return true }
        // The scheme is not compared, because TLS may end at a proxy in front of us.
        let authority = components.port.map { "\(host):\($0)" } ?? host
        return authority.lowercased() != request.head.authority?.lowercased()
    }
}

/// The cookie that holds a session's token (RFC 6265).
package enum SessionCookie {
    private static let name = "access_token"

    static func token(in headers: HTTPFields) -> String? {
        for line in headers[values: .cookie] {
            for pair in line.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].trimmed == name { return String(parts[1]) }
            }
        }
        return nil
    }

    /// The `Set-Cookie` value that gives a browser a token, or takes it away if `maxAge` is zero.
    ///
    /// It says `Secure` if the request came over TLS.
    package static func header(_ token: String, maxAge: Duration, for request: Request) -> String {
        let seconds = maxAge.components.seconds
        return "\(name)=\(token); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
            + (request.isSecure ? "; Secure" : "")
    }
}

extension Request {
    /// Whether the request came over TLS. A proxy in front of us says so in `X-Forwarded-Proto`.
    fileprivate var isSecure: Bool {
        // With several proxies the first value counts: it is from the one that the client reached.
        let first = headers[.forwardedProto]?.prefix { $0 != "," }
        return first?.trimmed.lowercased() == "https"
    }

    /// Scheme and authority as the client sees them, to put in front of a path. Empty when the client names no valid
    /// host.
    package var origin: String {
        let host = /([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/
        guard let authority = head.authority, authority.wholeMatch(of: host) != nil else { return "" }
        return "\(isSecure ? "https" : "http")://\(authority)"
    }
}

extension APIError {
    package static let notSignedIn = APIError(
        .unauthorized,
        "Sign in first: POST /api/auth/login",
        headers: [.wwwAuthenticate: #"Bearer realm="placet""#]
    )
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("sec-fetch-site")!
    static let forwardedProto = HTTPField.Name("x-forwarded-proto")!
}
