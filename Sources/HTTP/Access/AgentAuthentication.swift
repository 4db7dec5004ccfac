import HTTPTypes
import Hummingbird

/// Knows which API keys are valid. `Accounts` fills it in.
package protocol AgentAuthenticator: Sendable {
    /// The principal for whom a key speaks. Nil when the key is unknown or revoked.
    nonisolated(nonsending) func principal(forKey key: String) async throws -> AgentPrincipal?

    /// The same from memory alone. Nil also when somebody has to be asked.
    func remembered(_ key: String) -> AgentPrincipal?
}

/// Lets a request through when it carries a valid API key that has the scope, in `x-api-key` or as
/// `Authorization: Bearer` (RFC 6750).
package struct AgentAuthentication: RouterMiddleware {
    package typealias Context = RootContext

    private let authenticator: any AgentAuthenticator
    private let scope: KeyScope?
    private let limits: RateLimits?

    /// - Parameter scope: nil when what the request stands for will be judged (``InnerRoutes``).
    package init(authenticator: any AgentAuthenticator, scope: KeyScope?, limits: RateLimits?) {
        self.authenticator = authenticator
        self.scope = scope
        self.limits = limits
    }

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let agent = context.connection.notes.heldAgent {
            context.agent = agent
            return try await next(request, context)
        }
        // Counted is what was wrong. Who shows nothing learns at all times that a key is needed.
        guard let key = Self.key(in: request.headers) else { throw APIError.missingAPIKey }
        guard let principal = try await authenticator.principal(forKey: key) else {
            try limits?.countFailure(context.connection.client)
            throw APIError.invalidAPIKey
        }
        try limits?.count(key: principal.key)
        context.agent = principal
        context.connection.notes.caller = AccessLine.caller(key: principal.key)
        if let scope, !principal.scopes.contains(scope) { throw APIError.missingScope(scope) }
        return try await next(request, context)
    }

    private static func key(in headers: HTTPFields) -> String? {
        if let key = headers[.apiKey], !key.isEmpty { return key }
        return headers.bearerToken
    }
}

extension HTTPFields {
    /// The token of `Authorization: Bearer` (RFC 6750), one or more blanks behind the scheme (RFC 9110 section 11.4).
    var bearerToken: String? {
        self[.authorization].flatMap(Self.bearerToken)
    }

    static func bearerToken(in authorization: String) -> String? {
        let parts = authorization.split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}

extension APIError {
    static let missingAPIKey = unauthorized("Missing or invalid API key")
    package static let invalidAPIKey = unauthorized("Invalid API key")

    /// A 401 names a scheme that the client may use (RFC 9110 section 11.6.1).
    private static func unauthorized(_ message: String) -> APIError {
        APIError(.unauthorized, message, headers: [.wwwAuthenticate: #"Bearer realm="placet""#])
    }
}

extension HTTPField.Name {
    package static let apiKey = HTTPField.Name("x-api-key")!
}
