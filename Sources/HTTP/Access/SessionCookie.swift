import HTTPTypes
import Hummingbird

/// The cookie that holds a session's token (RFC 6265).
///
/// Over TLS its name has the prefix `__Host-`, which a browser accepts only with `Secure`, for this very host and from
/// nobody else (RFC 6265bis section 4.1.3.2). Over plain HTTP it is `access_token`, which is taken over TLS too.
package enum SessionCookie {
    private static let name = "access_token"
    private static let secureName = "__Host-placet"

    /// The values that a request brings, those over TLS first: other programs on the same host may use such a name too.
    static func values(in headers: HTTPFields) -> [String] {
        headers.cookies(named: secureName) + headers.cookies(named: name)
    }

    /// The header that gives a browser a token.
    package static func header(_ token: String, maxAge: Duration, for client: Client) -> HTTPField {
        client.isSecure ? field(secureName, token, maxAge, isSecure: true) : field(name, token, maxAge, isSecure: false)
    }

    /// The headers that take the token away, whichever cookie has it.
    package static func removal(for client: Client) -> [HTTPField] {
        [field(secureName, "", .zero, isSecure: true), field(name, "", .zero, isSecure: client.isSecure)]
    }

    private static func field(_ name: String, _ value: String, _ maxAge: Duration, isSecure: Bool) -> HTTPField {
        .cookie(name, value, path: "/", maxAge: maxAge, isSecure: isSecure)
    }
}

extension Request {
    /// How many tokens of one request are looked up.
    private static let maxSessionTokens = 8

    /// What may be the token of a session: the bearer token, or else the cookies that look like one of ours.
    package var sessionTokens: [String] {
        if let token = headers.bearerToken { return [token] }
        let tokens = SessionCookie.values(in: headers).filter { Secret($0, .session) != nil }
        return Array(tokens.prefix(Self.maxSessionTokens))
    }
}
