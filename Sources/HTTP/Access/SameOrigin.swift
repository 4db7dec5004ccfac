import HTTPTypes
import Hummingbird

/// Refuses what another site makes a browser send (cross-site request forgery): a request that changes something and
/// comes from another site.
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
        if ![.get, .head, .options].contains(request.method) {
            try request.refuseIfFromElsewhere(context.connection.client)
        }
        return try await next(request, context)
    }
}

/// Refuses what pages of other sites send, unless the operator lists them (`PLACET_CORS_ORIGINS`). A key does not help:
/// a page that has given its own name our address (DNS rebinding) must not even ask.
struct KnownOrigins: RouterMiddleware {
    typealias Context = RootContext

    let origins: Set<String>

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let authority = context.connection.client.authority
        if let origin = request.headers[.origin], !origins.contains(origin.normalizedOrigin),
            !Request.isSame(origin, as: authority)
        {
            throw APIError.otherOrigin(origin, authority)
        }
        return try await next(request, context)
    }
}

extension Request {
    /// For everything that changes something. A handler whose GET does so calls it itself.
    ///
    /// - Throws: ``APIError`` 403 that says what to do.
    package func refuseIfFromElsewhere(_ client: Client) throws(APIError) {
        guard headers.bearerToken == nil else { return }
        // Fetch Metadata says "none" when the user did it, for example with a bookmark. What it says holds behind any
        // proxy. Browsers say nothing over plain HTTP, except to the machine itself.
        switch headers[.secFetchSite] {
        case "same-origin", "none": return
        case nil: break
        default: throw APIError(.forbidden, "Cross-site request refused; send it from a page of this site")
        }
        if let origin = headers[.origin] {
            guard Self.isSame(origin, as: client.authority) else { throw .otherOrigin(origin, client.authority) }
        } else if isNavigation {
            throw APIError(.forbidden, "This is not a page to open; send the request from a page of this site")
        } else if let page = headers[.referer]?.originOfURL {
            // A picture or script of another page has neither of the others over plain HTTP.
            guard Self.isSame(page, as: client.authority) else { throw .otherOrigin(page, client.authority) }
        }
    }

    /// Whether a browser may have sent this because a link, a form or a script opened it as a page. Then it has no
    /// `Origin` if it is a GET, and another site may have done it.
    private var isNavigation: Bool {
        method == .get && headers[.accept]?.contains("text/html") == true
    }

    /// Compares what was sent, so host names in other scripts (`xn--…`) are never decoded. The scheme is not compared,
    /// because TLS may end at a proxy in front of us; it only says which port may be left out.
    fileprivate static func isSame(_ origin: String, as authority: String?) -> Bool {
        guard let authority, let separator = origin.firstRange(of: "://") else { return false }
        return origin.normalizedOrigin == "\(origin[..<separator.upperBound])\(authority)".normalizedOrigin
    }
}

extension String {
    /// A URL up to its path; as it is when it has none.
    fileprivate var originOfURL: String {
        guard let separator = firstRange(of: "://") else { return self }
        return String(prefix(upTo: self[separator.upperBound...].firstIndex { "/?#".contains($0) } ?? endIndex))
    }

    /// An origin (RFC 6454 section 6.2) in lower case, without the port that its scheme has anyway.
    var normalizedOrigin: String {
        let origin = lowercased()
        let port = origin.hasPrefix("https:") ? ":443" : ":80"
        return origin.hasSuffix(port) ? String(origin.dropLast(port.count)) : origin
    }
}

extension APIError {
    /// The page may well be ours: a proxy that replaces `Host` looks the same.
    fileprivate static func otherOrigin(_ origin: String, _ authority: String?) -> APIError {
        let message = """
            Cross-site request refused: it comes from a page of \(origin.prefix(300)), but is addressed to \
            \(authority ?? "no host"). If both are this server, let the proxy pass Host as it came, or X-Forwarded-Host \
            from an address in PLACET_TRUSTED_PROXIES
            """
        return APIError(.forbidden, message)
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("sec-fetch-site")!
}
