import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP

/// Routes that do what the tests ask for.
private struct Probe: RouteModule {
    struct Defect: Error {
        let secret = "/var/lib/secret"
    }

    struct Full: Error {}

    func addRoutes(to mounts: Mounts) {
        mounts.open
            .get("open") { _, _ in try Response.json(["ok": true]) }
            .get("defect") { _, _ -> Response in throw Defect() }
            .get("full") { _, _ -> Response in throw Full() }
        mounts.agent(.send).post("send") { _, _ in try Response.json("sent") }
        mounts.agent(.read)
            .get("me") { _, context in try Response.json([context.agent.user, context.agent.key]) }
            .get("files/:id") { _, _ in try Response.json("file") }
            .head("files/:id") { _, _ -> Response in throw APIError(.notFound, "No such file") }
            .delete("files/:id") { _, _ in try Response.json("gone") }
            .post("files/upload") { _, _ in try Response.json("uploaded") }
            .patch("files/streams/:id") { _, _ in try Response.json("streamed") }
        mounts.local.get("keys") { _, _ in try Response.json("keys") }
    }
}

/// Knows one key.
private struct OneKey: AgentAuthenticator {
    func principal(forKey key: String) async throws -> AgentPrincipal? {
        key == "hp_right" ? AgentPrincipal(user: "ada", key: "k1", hash: [], scopes: [.read]) : nil
    }

    func remembered(_ key: String) -> AgentPrincipal? { nil }
}

/// One token is valid, and nobody's but its holder's.
private struct OneSession: UserAuthenticator {
    func principal(forToken token: String) async throws -> UserPrincipal? {
        token == "hs_right" ? UserPrincipal(user: "u", session: "s", isOwner: false, mustChangePassword: false) : nil
    }
}

@Suite("Routers")
struct RouterTests {
    private let routers = routers()

    private static func routers(_ surroundings: Surroundings = Surroundings()) -> Routers {
        Routers(
            modules: [Probe()],
            authenticator: OneKey(),
            users: OneSession(),
            limits: nil,
            surroundings: surroundings,
            translate: { $0 is Probe.Full ? APIError(.insufficientStorage, "The storage is full") : nil }
        )
    }

    private func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: ByteBuffer? = nil,
        to responder: RequestResponder? = nil
    ) async throws -> TestResponse {
        let app = Application(responder: responder ?? routers.network, logger: .silent)
        return try await app.test(.router) { client in
            try await client.executeRequest(uri: path, method: method, headers: headers, body: body)
        }
    }

    // MARK: Keys

    @Test("a key without the scope of a route is refused by its name")
    func scope() async throws {
        let answer = try await send(.post, "/api/v1/send", [.apiKey: "hp_right"])
        #expect(answer.status == .forbidden)
        #expect(String(buffer: answer.body).contains("scope 'send'"))
    }

    @Test(
        "a key is taken from x-api-key, or as a bearer token in any case of that word",
        arguments: [
            [.apiKey: "hp_right"], [.authorization: "Bearer hp_right"], [.authorization: "bearer hp_right"],
            [.authorization: "BEARER hp_right"], [.apiKey: "", .authorization: "Bearer hp_right"],
        ] as [HTTPFields]
    )
    func keyIsFound(headers: HTTPFields) async throws {
        let answer = try await send(.get, "/api/v1/me", headers)
        #expect(answer.status == .ok)
        #expect(String(buffer: answer.body) == #"["ada","k1"]"#)
    }

    @Test(
        "without a valid key it is 401, which names a scheme",
        arguments: [
            ([:], "Missing or invalid API key"),
            ([.apiKey: ""], "Missing or invalid API key"),
            ([.authorization: "hp_right"], "Missing or invalid API key"),
            ([.authorization: "Basic hp_right"], "Missing or invalid API key"),
            ([.authorization: "Bearer"], "Missing or invalid API key"),
            ([.apiKey: "hp_wrong"], "Invalid API key"),
            ([.apiKey: "hp_wrong", .authorization: "Bearer hp_right"], "Invalid API key"),
            ([.authorization: "Bearer hp_wrong"], "Invalid API key"),
        ] as [(HTTPFields, String)]
    )
    func keyIsMissing(headers: HTTPFields, message: String) async throws {
        let answer = try await send(.get, "/api/v1/me", headers)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="placet""#)
        #expect(try JSONValue(parsing: answer.body.readableBytesView)["message"] == .string(message))
    }

    // MARK: Routes

    @Test("the routes of the command line are not on the network, and the other way round")
    func routersAreApart() async throws {
        #expect(try await send(.get, "/local/keys").status == .notFound)
        #expect(try await send(.get, "/local/keys", to: routers.control).status == .ok)
        #expect(try await send(.get, "/open", to: routers.control).status == .notFound)
    }

    @Test(
        "the methods at a path are known; a literal segment beats a parameter",
        arguments: [
            ("/open", ["GET", "HEAD"]), ("/open/", ["GET", "HEAD"]), ("/api/v1/files/1", ["DELETE", "GET", "HEAD"]),
            ("/api/v1/files/upload", ["POST"]), ("/api/v1/files", []), ("/api/v1/files/1/2", []), ("/", []),
            ("/nothing", []), ("/api/v1/files/streams", []), ("/api/v1/files/streams/1", ["PATCH"]),
            ("/api/v1/files/streams/1/", ["PATCH"]), ("/api/v1//files/1", ["DELETE", "GET", "HEAD"]),
        ]
    )
    func methods(path: String, expected: [String]) {
        #expect(routers.table.methods(at: path) == expected)
    }

    @Test("the table has every route of the network once, parameters as :name, none of the command line")
    func table() {
        let routes = routers.table.routes.map { "\($0.method) \($0.path)" }.sorted()
        #expect(
            routes == [
                "DELETE /api/v1/files/:id", "GET /api/v1/files/:id", "GET /api/v1/me", "GET /defect", "GET /full",
                "GET /open", "HEAD /api/v1/files/:id", "PATCH /api/v1/files/streams/:id", "POST /api/v1/files/upload",
                "POST /api/v1/send",
            ]
        )
    }

    @Test(
        "a wrong method is 405 with Allow, an unknown path 404, with or without a key",
        arguments: [
            (.post, "/open", 405, "GET, HEAD"), (.put, "/api/v1/files/1", 405, "DELETE, GET, HEAD"),
            (.delete, "/api/v1/files/upload", 405, "POST"), (.get, "/nothing", 404, nil), (.get, "/api/v1", 404, nil),
            (.get, "/api/v1/nothing", 404, nil), (.get, "/", 404, nil), (.get, "/api/v1/files/1/x", 404, nil),
            (.options, "/open", 405, "GET, HEAD"), (.head, "/api/v1/files/upload", 405, "POST"),
            (.get, "/api/v1/files/streams", 404, nil), (.delete, "/api/v1/files/streams", 404, nil),
        ] as [(HTTPRequest.Method, String, Int, String?)]
    )
    func unknownRoutes(method: HTTPRequest.Method, path: String, status: Int, allow: String?) async throws {
        for headers in [[:], [.apiKey: "hp_right"]] as [HTTPFields] {
            let answer = try await send(method, path, headers)
            #expect(answer.status.code == status)
            #expect(answer.headers[.allow] == allow)
        }
    }

    @Test("a refused method is never one that Allow names, and an allowed one is never refused")
    func allowIsTrue() async throws {
        let paths = routers.table.routes.map(\.path)
        let near = paths.flatMap { path in
            [path, "\(path)/more", "/" + path.split(separator: "/").dropLast().joined(separator: "/")]
        }
        let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        for path in Set(near) {
            let allowed = routers.table.methods(at: path)
            for method in methods {
                let answer = try await send(method, path, [.apiKey: "hp_right"])
                let isRefused = answer.status == .methodNotAllowed
                #expect(isRefused == (!allowed.isEmpty && !allowed.contains(method.rawValue)), "\(method) \(path)")
            }
        }
    }

    // MARK: Hosts and foreign pages

    @Test(
        "with a list of names the server answers for those and for the machine's own alone",
        arguments: [
            ("placet.example", 200), ("PLACET.example:3001", 200), ("[fd00::1]:3001", 200), ("localhost:3001", 200),
            ("127.0.0.1", 200), ("[::1]:3001", 200), ("evil.example", 421), ("evil.example:80", 421),
            ("placet.example.evil.example", 421), ("[fd00::2]", 421),
        ]
    )
    func hosts(host: String, status: Int) async throws {
        let answer = try await ask(Surroundings(hosts: ["placet.example", "[fd00::1]"]), host)
        #expect(answer.status.code == status)
    }

    @Test("behind a trusted proxy the name that was asked for must be known too, and the one that the proxy uses")
    func hostsBehindProxy() async throws {
        let proxies = try #require(TrustedProxies("10.0.0.1"))
        let surroundings = Surroundings(proxies: proxies, hosts: ["placet.example"])
        for (host, forwarded, status) in [
            ("localhost", "placet.example", 200), ("localhost", "evil.example", 421),
            ("evil.example", "placet.example", 421),
        ] {
            let headers: HTTPFields = [.init("x-forwarded-host")!: forwarded]
            #expect(try await ask(surroundings, host, headers, from: "10.0.0.1").status.code == status)
        }
    }

    /// Asks for `/open` with that `Host`, over a connection from `peer`.
    private func ask(
        _ surroundings: Surroundings,
        _ host: String,
        _ headers: HTTPFields = [:],
        from peer: String = "192.0.2.1"
    ) async throws -> Response {
        let channel = NIOAsyncTestingChannel()
        try await channel.connect(to: SocketAddress(ipAddress: peer, port: 1)).get()
        let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/open", headerFields: headers)
        var logger = Logger.silent
        logger[metadataKey: "hb.request.id"] = "1"  // The server gives each request one.
        let source = ApplicationRequestContextSource(channel: channel, logger: logger)
        let answer = try await Self.routers(surroundings).network.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())),
            context: RootContext(source: source)
        )
        _ = try await channel.finish(acceptAlreadyClosed: true)
        return answer
    }

    @Test("a page of a listed origin may ask, and read answers and errors of the agent API; nothing else, nobody else")
    func crossOrigin() async throws {
        let routers = Self.routers(Surroundings(origins: ["https://app.example:443"]))
        let page: HTTPFields = [.origin: "https://app.example"]
        let question = page.adding([
            .accessControlRequestMethod: "PATCH", .accessControlRequestHeaders: "x-api-key,content-type",
        ])
        let allowed = try await send(.options, "/api/v1/me", question, to: routers.network)
        #expect(allowed.status == .noContent && allowed.headers[.requestID] != nil)
        #expect(allowed.headers[.accessControlAllowMethods]?.contains("PATCH") == true)
        #expect(allowed.headers[.accessControlAllowHeaders] == "x-api-key,content-type")
        #expect(allowed.headers[.accessControlMaxAge] == "7200")

        for key in ["hp_right", "hp_wrong"] {
            let answer = try await send(.get, "/api/v1/me", page.adding([.apiKey: key]), to: routers.network)
            #expect(answer.headers[.accessControlAllowOrigin] == "https://app.example")
            #expect(answer.headers[.accessControlExposeHeaders]?.contains("x-request-id") == true)
            #expect(answer.headers[.accessControlAllowCredentials] == nil)
            #expect(answer.headers[.vary] == "Origin")
        }
        let stranger = question.adding([.origin: "https://evil.example"])
        for (path, headers) in [("/api/v1/me", stranger), ("/open", question), ("/api/v1/me", question)] {
            let to = path == "/api/v1/me" && headers == question ? self.routers.network : routers.network
            let answer = try await send(.options, path, headers, to: to)
            #expect(answer.status == .methodNotAllowed && answer.headers[.accessControlAllowOrigin] == nil)
        }
        let other = try await send(.get, "/api/v1/me", [.apiKey: "hp_right"], to: routers.network)
        #expect(other.headers[.vary] == "Origin" && other.headers[.accessControlAllowOrigin] == nil)
    }

    @Test("no cache keeps JSON, whether it is an answer or an error", arguments: ["/open", "/nothing", "/api/v1/me"])
    func noStore(path: String) async throws {
        #expect(try await send(.get, path).headers[.cacheControl] == "no-store")
    }

    // MARK: Errors

    @Test(
        "every error has the one shape, and the request id is in body and header",
        arguments: [
            ("/api/v1/me?key=hp_secret", 401), ("/nothing?x=1", 404), ("/defect", 500), ("/full", 507),
        ]
    )
    func errorShape(path: String, status: Int) async throws {
        let answer = try await send(.get, path)
        let body = try JSONValue(parsing: answer.body.readableBytesView)
        #expect(answer.status.code == status)
        #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
        #expect(body["statusCode"] == .integer(Int64(status)))
        #expect(body["path"] == .string(String(path.prefix { $0 != "?" })))
        let requestID = try #require(answer.headers[.requestID])
        #expect(!requestID.isEmpty)
        #expect(body["requestId"] == .string(requestID))
        #expect(body["timestamp"]?.text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(body["message"]?.text?.isEmpty == false)
        #expect(body["errors"] == nil)
    }

    @Test("a defect says nothing of its cause")
    func defect() async throws {
        let answer = try await send(.get, "/defect")
        #expect(String(buffer: answer.body).contains("secret") == false)
    }

    @Test("answers that are no errors carry a request id too")
    func requestID() async throws {
        #expect(try await send(.get, "/open").headers[.requestID] != nil)
    }

    @Test("an error that answers HEAD has no body, or the client would take it for the next answer")
    func headError() async throws {
        let answer = try await send(.head, "/api/v1/files/1", [.apiKey: "hp_right"])
        #expect(answer.status == .notFound)
        #expect(answer.body.readableBytes == 0)
        #expect(answer.headers[.contentLength].flatMap { Int($0) } ?? 0 > 0)
    }
}

extension HTTPFields {
    fileprivate func adding(_ more: HTTPFields) -> HTTPFields {
        var fields = self
        for field in more { fields[field.name] = field.value }
        return fields
    }
}
