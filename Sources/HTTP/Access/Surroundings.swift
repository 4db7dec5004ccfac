import HTTPTypes
import Hummingbird

/// What the operator says about the network in front of the server. With nothing said, it serves everybody who reaches
/// it, under any name, and no pages but its own.
package struct Surroundings: Sendable {
    package let proxies: TrustedProxies
    /// The names under which the server is reached (`PLACET_ALLOWED_HOSTS`), in lower case and without ports. Nil for
    /// any.
    package let hosts: Set<String>?
    /// The pages that may call the agent API (`PLACET_CORS_ORIGINS`).
    package let origins: Set<String>

    package init(proxies: TrustedProxies = TrustedProxies("")!, hosts: Set<String>? = nil, origins: Set<String> = []) {
        (self.proxies, self.hosts, self.origins) = (proxies, hosts, Set(origins.map(\.normalizedOrigin)))
    }
}

extension Surroundings {
    /// Whether the server answers for a name, with a port or without. Nil is a request without one.
    func knows(_ authority: String?) -> Bool {
        guard let hosts, let authority else { return true }
        return KnownHosts.isOfTheMachine(authority) || hosts.contains(KnownHosts.name(in: authority))
    }
}

/// Refuses requests for other names than ours, so that a page of another site cannot reach us by giving its own name
/// our address (DNS rebinding).
///
/// The machine's own names always pass: nobody else can give them another address.
struct KnownHosts: RouterMiddleware {
    typealias Context = RootContext

    private static let ofTheMachine: Set = ["localhost", "127.0.0.1", "[::1]"]

    let surroundings: Surroundings

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // Both, because a proxy may pass on a name that a page made up.
        for authority in [request.head.authority, context.connection.client.authority] {
            guard let authority, !surroundings.knows(authority) else { continue }
            let message =
                "This server does not answer for '\(authority.prefix(300))'; its operator lists names in "
                + "PLACET_ALLOWED_HOSTS"
            throw APIError(.misdirectedRequest, message)
        }
        return try await next(request, context)
    }

    /// Whether it is a name by which a machine calls itself, with a port or without.
    static func isOfTheMachine(_ authority: String) -> Bool { ofTheMachine.contains(name(in: authority)) }

    static func name(in authority: String) -> String {
        let port = authority.lastIndex(of: ":").flatMap { authority[$0...].contains("]") ? nil : $0 }
        return authority[..<(port ?? authority.endIndex)].lowercased()
    }
}

/// Lets pages of listed origins call the agent API (CORS, Fetch standard section 3.2). Only there: it takes keys, which
/// a page must have been given, and no cookies.
struct CrossOrigin: RouterMiddleware {
    typealias Context = RootContext

    /// How long a browser may keep the answer to its question, in seconds.
    private static let maxAge = 7200
    /// What a page may read beside the few headers that it always may.
    private static let exposed = """
        accept-ranges, allow, content-disposition, content-length, content-range, etag, idempotency-replayed, link, \
        location, placet-file-id, repr-digest, retry-after, tus-resumable, tus-version, upload-expires, upload-length, \
        upload-offset, www-authenticate, x-request-id
        """

    let origins: Set<String>

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path.hasPrefix("/api/v1/") || request.uri.path == "/mcp" else {
            return try await next(request, context)
        }
        let origin = request.headers[.origin].flatMap { origins.contains($0.normalizedOrigin) ? $0 : nil }
        let isQuestion = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response =
            if isQuestion, origin != nil {
                Self.answer(to: request, id: context.id)
            } else {
                try await next(request, context)
            }
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        guard let origin else { return response }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = Self.exposed
        if response.headers[.crossOriginResourcePolicy] != nil {
            response.headers[.crossOriginResourcePolicy] = "cross-origin"
        }
        return response
    }

    /// May the page send this? It may send what it asks for: the key decides what comes of it.
    private static func answer(to request: Request, id: String) -> Response {
        var headers: HTTPFields = [
            .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE", .accessControlMaxAge: "\(maxAge)",
            .requestID: id,
        ]
        headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        return Response(status: .noContent, headers: headers)
    }
}
