import App
import HTTPTypes
import Hummingbird
import Index
import NIOCore
import Routing
import Testing

/// A request to one agent route, about the things of `target`, that is right in every way when its sender is `target`.
private struct Visit: Sendable {
    let route: String
    /// What the sender is told when the things are somebody else's.
    let foreign: Int
    /// Whether its answer goes on until the client leaves: then it is not asked for here.
    var isEndless = false
    let request: @Sendable (Target) -> (HTTPRequest.Method, String, Form?, String?)

    struct Target: Sendable {
        let channel: String
        let file: String
        let message: String

        /// A path below /api/v1 with the channel in its query.
        func path(_ path: String) -> String { "/api/v1/\(path)?timeout=1&channel=\(channel)" }
    }

    func send(by key: HTTPFields, to target: Target, _ server: TestServer) async throws -> Answer {
        let (method, path, form, json) = request(target)
        var headers = key
        if let form { headers[.contentType] = form.contentType }
        return try await server.send(method, path, headers, body: form?.body ?? json.map { ByteBuffer(string: $0) })
    }

    private static func form(_ target: Target) -> Form { Form(.channel(target.channel), .file([1], "x")) }

    /// Every route that takes an API key. `DELETE` comes last: what it deletes is gone.
    static let all = [
        Visit(route: "GET /api/v1/agents", foreign: 200) { _ in (.get, "/api/v1/agents", nil, nil) },
        Visit(route: "POST /api/v1/agents", foreign: 201) { _ in (.post, "/api/v1/agents", nil, #"{"name":"a"}"#) },
        Visit(route: "PATCH /api/v1/agents/:id", foreign: 404) {
            (.patch, "/api/v1/agents/\($0.channel)", nil, #"{"name":"b"}"#)
        },
        Visit(route: "POST /api/v1/agents/setWebhook", foreign: 404) {
            let json = #"{"channelId":"\#($0.channel)","url":"https://hooks.example.org/a"}"#
            return (.post, "/api/v1/agents/setWebhook", nil, json)
        },
        Visit(route: "POST /api/v1/agents/deleteWebhook", foreign: 404) {
            (.post, "/api/v1/agents/deleteWebhook", nil, #"{"channelId":"\#($0.channel)"}"#)
        },
        Visit(route: "POST /api/v1/status/ping", foreign: 404) {
            (.post, "/api/v1/status/ping", nil, #"{"agentId":"\#($0.channel)","status":"busy"}"#)
        },
        Visit(route: "GET /api/v1/files", foreign: 403) { (.get, "/api/v1/files?channel=\($0.channel)", nil, nil) },
        Visit(route: "POST /api/v1/files/upload", foreign: 403) { (.post, "/api/v1/files/upload", form($0), nil) },
        Visit(route: "POST /api/v1/files/store", foreign: 403) { (.post, "/api/v1/files/store", form($0), nil) },
        Visit(route: "POST /api/v1/files/store-text", foreign: 403) {
            (.post, "/api/v1/files/store-text", nil, #"{"channelId":"\#($0.channel)","content":"a"}"#)
        },
        Visit(route: "GET /api/v1/files/:id", foreign: 403) { (.get, "/api/v1/files/\($0.file)", nil, nil) },
        Visit(route: "GET /api/v1/files/:id/download", foreign: 403) {
            (.get, "/api/v1/files/\($0.file)/download", nil, nil)
        },
        Visit(route: "HEAD /api/v1/files/:id/download", foreign: 403) {
            (.head, "/api/v1/files/\($0.file)/download", nil, nil)
        },
        Visit(route: "POST /api/v1/messages", foreign: 403) {
            (.post, "/api/v1/messages", nil, #"{"channelId":"\#($0.channel)","text":"a","streamId":"s"}"#)
        },
        Visit(route: "PATCH /api/v1/messages/streams/:streamId", foreign: 403) {
            (.patch, "/api/v1/messages/streams/s", nil, #"{"channelId":"\#($0.channel)","text":"ab"}"#)
        },
        Visit(route: "POST /api/v1/messages/streams/:streamId/status", foreign: 403) {
            (.post, "/api/v1/messages/streams/s/status", nil, #"{"channelId":"\#($0.channel)","text":"reading"}"#)
        },
        Visit(route: "GET /api/v1/messages", foreign: 403) { (.get, $0.path("messages"), nil, nil) },
        Visit(route: "GET /api/v1/messages/:id", foreign: 403) {
            (.get, $0.path("messages/\($0.message)"), nil, nil)
        },
        Visit(route: "GET /api/v1/messages/iterations/:id", foreign: 403) {
            (.get, $0.path("messages/iterations/\($0.message)"), nil, nil)
        },
        Visit(route: "POST /api/v1/messages/:id/ack", foreign: 403) {
            (.post, $0.path("messages/\($0.message)/ack"), nil, nil)
        },
        Visit(route: "GET /api/v1/answers", foreign: 403) { (.get, $0.path("answers"), nil, nil) },
        Visit(route: "GET /api/v1/events", foreign: 403, isEndless: true) { (.get, $0.path("events"), nil, nil) },
        Visit(route: "GET /api/v1/reviews/pending", foreign: 403) { (.get, $0.path("reviews/pending"), nil, nil) },
        Visit(route: "GET /api/v1/reviews/:id", foreign: 403) { (.get, $0.path("reviews/\($0.message)"), nil, nil) },
        Visit(route: "GET /api/v1/reviews/:id/wait", foreign: 403) {
            (.get, $0.path("reviews/\($0.message)/wait"), nil, nil)
        },
        Visit(route: "GET /api/v1/plugins", foreign: 200) { _ in (.get, "/api/v1/plugins", nil, nil) },
        Visit(route: "GET /api/v1/plugins/:name", foreign: 200) { _ in (.get, "/api/v1/plugins/checklist", nil, nil) },
        Visit(route: "DELETE /api/v1/messages/:id", foreign: 403) {
            (.delete, $0.path("messages/\($0.message)"), nil, nil)
        },
        Visit(route: "DELETE /api/v1/files/:id", foreign: 403) { (.delete, "/api/v1/files/\($0.file)", nil, nil) },
        Visit(route: "DELETE /api/v1/agents/:id", foreign: 404) { (.delete, "/api/v1/agents/\($0.channel)", nil, nil) },
    ]
}

@Suite("Who may do what")
struct AccessTests {
    @Test("every agent route is tried below")
    func visitsAreComplete() async throws {
        try await withServer { server in
            let routes = server.assembly.routers.table.routes.map { "\($0.method) \($0.path)" }
            #expect(Set(routes.filter { $0.contains(" /api/v1") }) == Set(Visit.all.map(\.route)))
        }
    }

    @Test("no route opens without a valid key; nothing changes, and the owner then still can")
    func keys() async throws {
        try await withServer { server in
            let (owner, retired) = (try await server.owner(), try await server.owner())
            #expect(try await retired.send(.get, "/api/v1/agents").status == 200)
            #expect(try await server.command(.delete, "keys/\(retired.keyID)").status == 200)
            let target = Visit.Target(
                channel: owner.channel,
                file: try await owner.storedID("mine"),
                message: try await owner.ask()
            )
            let before = try await server.census()

            let credentials: [(String, HTTPFields)] = [
                ("no key", [:]),
                ("an empty key", [.apiKey: ""]),
                ("an unknown key", [.apiKey: "hp_" + String(repeating: "A", count: 43)]),
                ("half a key", [.apiKey: String(owner.key.dropLast())]),
                ("a revoked key", [.apiKey: retired.key]),
                ("a revoked bearer", [.authorization: "Bearer " + retired.key]),
                ("the id of a key", [.apiKey: owner.keyID]),
            ]
            for visit in Visit.all {
                for (name, headers) in credentials {
                    let answer = try await visit.send(by: headers, to: target, server)
                    #expect(answer.status == 401, "\(visit.route) with \(name)")
                    #expect(answer.headers[.wwwAuthenticate] != nil, "\(visit.route) with \(name)")
                }
            }
            #expect(try await server.census() == before)

            for visit in Visit.all where !visit.isEndless {
                let status = try await visit.send(by: [.authorization: "Bearer " + owner.key], to: target, server)
                    .status
                #expect((200...201).contains(status), "\(visit.route): \(status)")
            }
        }
    }

    @Test("nobody reaches the channels and files of another user, nor changes them by trying")
    func otherUsers() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let target = Visit.Target(
                channel: owner.channel,
                file: try await owner.storedID("mine"),
                message: try await owner.ask()
            )
            let before = try await server.census()
            // What the server may remember of the owner's download must not serve the stranger.
            #expect(try await owner.download(target.file).status == 200)

            for visit in Visit.all {
                let answer = try await visit.send(by: [.apiKey: stranger.key], to: target, server)
                #expect(answer.status == visit.foreign, "\(visit.route)")
                // The path is the sender's own word.
                let said = answer.json["path"]?.text.map { answer.text.replacing($0, with: "") } ?? answer.text
                #expect(!said.contains(owner.channel), "\(visit.route)")
                if visit.foreign == 403, !visit.route.hasPrefix("HEAD") {
                    #expect(answer.json["message"] == .string("Not your agent"), "\(visit.route)")
                } else if visit.foreign == 404 {
                    #expect(answer.json["message"] == .string("Agent not found"), "\(visit.route)")
                }
            }
            #expect(try await server.census() == before)
            #expect(try await owner.download(target.file).text == "mine")
        }
    }

    @Test("the ids of another user's things lead nowhere in one's own channel, and do nothing to them")
    func foreignIDs() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let (file, message) = (try await owner.storedID("mine"), try await owner.ask())
            _ = try await owner.post(#""text":"a","streamId":"s""#)
            let before = try await server.census()
            let channel = stranger.channel
            let cases: [(HTTPRequest.Method, String, String?, Int)] = [
                (.get, "messages/\(message)?channel=\(channel)", nil, 404),
                (.delete, "messages/\(message)?channel=\(channel)", nil, 404),
                (.post, "messages/\(message)/ack?channel=\(channel)", nil, 404),
                (.get, "messages/iterations/\(message)?channel=\(channel)", nil, 404),
                (.get, "reviews/\(message)?channel=\(channel)", nil, 404),
                (.get, "reviews/\(message)/wait?channel=\(channel)", nil, 404),
                (.post, "messages", #"{"channelId":"\#(channel)","attachmentIds":["\#(file)"]}"#, 400),
                (.post, "messages", #"{"channelId":"\#(channel)","text":"a","iterationOf":"\#(message)"}"#, 400),
                (.patch, "messages/streams/s", #"{"channelId":"\#(channel)","text":"b"}"#, 404),
            ]
            for (method, path, json, status) in cases {
                let body = json.map { ByteBuffer(string: $0) }
                let answer = try await stranger.send(method, "/api/v1/\(path)", body: body)
                #expect(answer.status == status, "\(method) \(path)")
                // The same as for an id that nobody has.
                let unknown = path.replacing(message, with: Identifier.make())
                #expect(try await stranger.send(method, "/api/v1/\(unknown)", body: body).status == status, "\(path)")
            }
            #expect(try await server.census() == before)
            let draft = try await owner.get("messages", "&limit=1").json["data"]?.elements?.first
            #expect(draft?["text"] == .string("a"))
        }
    }

    @Test("two keys of one user see the same channels and files")
    func sameUser() async throws {
        try await withServer { server in
            let (first, second) = (try await server.owner(), try await server.owner())
            let id = try await first.storedID("ours")
            #expect(try await second.download(id).text == "ours")
            let agents = try await second.send(.get, "/api/v1/agents").json.elements ?? []
            #expect(agents.compactMap { $0["id"]?.text } == [second.channel, first.channel])
        }
    }

    // MARK: Rate limits

    @Test("a key that asks too often gets 429 and when to come again; other keys are not hindered")
    func keyLimit() async throws {
        try await withServer(["PLACET_RATE_LIMIT": "1"]) { server in
            let (owner, other) = (try await server.owner(), try await server.owner())
            var answer = try await owner.send(.get, "/api/v1/agents")
            for _ in 1...50 where answer.status == 200 { answer = try await owner.send(.get, "/api/v1/agents") }
            #expect(answer.status == 429)
            #expect(answer.headers[.retryAfter].flatMap { Int($0) } ?? 0 >= 1)
            #expect(answer.json["message"]?.text?.hasPrefix("Too many requests") == true)
            #expect(try await other.send(.get, "/api/v1/agents").status == 200)
        }
    }

    @Test("open routes are counted by address, wrong keys too, and valid keys of the same address pass")
    func addressLimit() async throws {
        try await withServer(["PLACET_RATE_LIMIT": "1"]) { server in
            let owner = try await server.owner()
            func statuses(_ path: String, _ headers: HTTPFields) async throws -> [Int] {
                var statuses: [Int] = []
                while statuses.last != 429, statuses.count < 500 {
                    statuses.append(try await server.send(.get, path, headers).status)
                }
                return statuses
            }
            let health = try await statuses("/health", [:])
            #expect(health.count > 3 && health.dropLast().allSatisfy { $0 == 200 } && health.last == 429)
            let wrong = try await statuses("/api/v1/agents", [.apiKey: "hp_wrong"])
            #expect(wrong.count > 20 && wrong.dropLast().allSatisfy { $0 == 401 } && wrong.last == 429)
            #expect(try await owner.send(.get, "/api/v1/agents").status == 200)
        }
    }

    // MARK: Order of checks

    @Test("401 comes before everything, 400 before 403, 403 before 404")
    func order() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let foreign = try await stranger.storedID("theirs")

            // 401 before 400, 403 and 404
            #expect(try await server.send(.get, "/api/v1/files").status == 401)
            #expect(try await server.send(.get, "/api/v1/files?channel=\(stranger.channel)&limit=abc").status == 401)
            #expect(try await server.send(.get, "/api/v1/files/unknown").status == 401)
            #expect(try await server.send(.post, "/api/v1/files/store", body: ByteBuffer(string: "x")).status == 401)
            #expect(try await server.send(.post, "/api/v1/agents", body: ByteBuffer(string: "x")).status == 401)
            // 400 before 403
            #expect(try await owner.send(.get, "/api/v1/files?channel=\(stranger.channel)&limit=abc").status == 400)
            #expect(try await owner.send(.get, "/api/v1/files?channel=\(stranger.channel)&cursor=abc").status == 400)
            #expect(try await owner.send(Form(.channel(stranger.channel))).status == 400)
            let json = #"{"channelId":"\#(stranger.channel)","content":3}"#
            #expect(try await owner.send(json: json, to: "/api/v1/files/store-text").status == 400)
            #expect(try await owner.download(foreign, query: "?disposition=x").status == 400)
            // 400 before 404
            #expect(try await owner.download("unknown", query: "?disposition=x").status == 400)
            // 403 before conditions and ranges, which would tell about the bytes
            #expect(try await owner.download(foreign, [.ifMatch: #""x""#]).status == 403)
            #expect(try await owner.download(foreign, [.range: "bytes=99-"]).status == 403)
        }
    }

    // MARK: Routes

    private static let unknownRoutes: [(HTTPRequest.Method, String, Int, String?)] = [
        (.put, "/api/v1/files/x", 405, "DELETE, GET, HEAD"), (.post, "/api/v1/files/x", 405, "DELETE, GET, HEAD"),
        (.post, "/api/v1/files", 405, "GET, HEAD"), (.delete, "/api/v1/files/upload", 405, "POST"),
        (.post, "/api/v1/files/x/download", 405, "GET, HEAD"), (.delete, "/health", 405, "GET, HEAD"),
        (.get, "/api/v1", 404, nil), (.get, "/api/v1/files/x/y", 404, nil), (.get, "/api/v2/files", 404, nil),
        (.get, "/local/keys", 404, nil), (.get, "/nothing", 404, nil), (.get, "/../../etc/passwd", 404, nil),
    ]

    @Test("a wrong method is 405 with the right ones in Allow; an unknown path is 404")
    func unknownRoutes() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (method, path, status, allow) in Self.unknownRoutes {
                let answer = try await owner.send(method, path + "?secret=1")
                #expect(answer.status == status, "\(method) \(path)")
                #expect(answer.headers[.allow] == allow, "\(method) \(path)")
                #expect(answer.json["path"] == .string(path), "\(method) \(path)")
            }
        }
    }

    @Test("health is open and says what it looked at")
    func health() async throws {
        try await withServer { server in
            let answer = try await server.send(.get, "/health")
            #expect(answer.status == 200)
            #expect(answer.json.names == ["status", "timestamp", "version", "checks"])
            #expect(answer.json["status"] == .string("ok"))
            #expect(answer.json["checks"] == .object(["index": .string("ok"), "storage": .string("ok")]))
            #expect(answer.json["timestamp"]?.text?.hasSuffix("Z") == true)
            #expect(answer.json["version"]?.text?.isEmpty == false)
            #expect(try await server.census() == Census())
        }
    }

    // MARK: Keys and users, by the command line

    @Test("a key is shown once, when it is made; lists and the index know its beginning only")
    func keyIsShownOnce() async throws {
        try await withServer { server in
            let answer = try await server.command(.post, "keys", #"{"label":"ci"}"#)
            #expect(answer.status == 201)
            #expect(answer.json.names == ["id", "userId", "label", "keyPrefix", "lastUsedAt", "createdAt", "key"])
            let key = try #require(answer.json["key"]?.text)
            #expect(answer.json["keyPrefix"] == .string(String(key.prefix(11))))
            #expect(answer.json["lastUsedAt"] == .null)

            let list = try await server.command(.get, "keys")
            #expect(list.json.elements?.count == 1)
            #expect(!list.text.contains(key))
        }
    }

    private static let commandRefusals: [(String, String, Int)] = [
        ("keys", "{}", 400), ("keys", #"{"label":""}"#, 400), ("keys", #"{"label":"ci","user":"nobody@x.org"}"#, 404),
        ("users", "{}", 400), ("users", #"{"email":"no address"}"#, 400),
        ("users", #"{"email":"a@b.c","role":"king"}"#, 400),
        ("users", #"{"email":"a@b.c","password":"short"}"#, 400), ("users", #"{"email":"ADMIN@placet.local"}"#, 409),
    ]

    @Test("a wrong request of the command line is refused, and makes nobody")
    func commandRefusals() async throws {
        try await withServer { server in
            for (path, body, status) in Self.commandRefusals {
                let answer = try await server.command(.post, path, body)
                #expect(answer.status == status, "\(path) \(body): \(answer.text)")
            }
            #expect(try await server.command(.get, "keys").json.elements?.isEmpty == true)
            #expect(try await server.command(.get, "users").json.elements?.count == 1)
        }
    }

    @Test("a user is made with the password given, or with one that is shown once and must be changed")
    func createUser() async throws {
        try await withServer { server in
            let given = try await server.command(.post, "users", #"{"email":"a@b.c","password":"12345678"}"#)
            #expect(given.status == 201)
            #expect(given.json.names == ["user"])
            #expect(given.json["user"]?["mustChangePassword"] == .bool(false))
            #expect(given.json["user"]?["role"] == .string("member"))

            let made = try await server.command(.post, "users", #"{"email":"d@e.f","role":"owner"}"#)
            #expect(made.json["password"]?.text?.count == 16)
            #expect(made.json["user"]?["mustChangePassword"] == .bool(true))
            let list = try await server.command(.get, "users")
            #expect(list.json.elements?.count == 3)
            #expect(!list.text.contains("scrypt"))
            #expect(!list.text.contains(made.json["password"]?.text ?? ""))
        }
    }

    @Test("a key that is not there cannot be revoked")
    func revokeUnknown() async throws {
        try await withServer { server in
            let answer = try await server.command(.delete, "keys/unknown")
            #expect(answer.status == 404)
        }
    }

    // MARK: The log

    @Test("a request is one line with its route; no line has a key, a query, a body or a name")
    func log() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            _ = try await owner.send(
                Form(.channel(owner.channel), .text("secret-text"), .file([1], "secret-name")),
                to: "upload"
            )
            let id = try await owner.storedID("secret-content")
            _ = try await owner.download(id, query: "?disposition=inline&token=secret-query")
            _ = try await owner.send(.get, "/api/v1/files?channel=secret-channel")

            let lines = server.log.lines
            let requests = lines.filter { $0.contains("/api/v1/files/{id}/download") }
            #expect(requests.count == 1)
            #expect(requests.first?.contains("status=200") == true)
            #expect(requests.first?.contains("caller=key:\(owner.keyID)") == true)
            #expect(lines.filter { $0.contains("secret") || $0.contains(owner.key) }.isEmpty)
        }
    }
}
