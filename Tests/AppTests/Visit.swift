import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

/// A request to one route about somebody's things, right in every way when they are the sender's own.
struct Visit: Sendable, CustomTestStringConvertible {
    enum Body: Sendable {
        case none
        /// With the names of things as in `route`.
        case json(String)
        /// A file for the channel.
        case file
        /// A picture, and nothing else.
        case picture
        /// The bytes of an upload in parts.
        case part
    }

    /// Method and path, with things by their names: `:channel`, `:file`…
    let route: String
    /// What is answered when the things are somebody else's.
    let foreign: Int
    let body: Body
    /// What their owner is told, when that is no success.
    var own: Int?
    /// Whether its answer goes on until the client leaves: then it is not waited for.
    var isEndless = false

    init(_ route: String, _ foreign: Int, _ body: Body = .none, own: Int? = nil, isEndless: Bool = false) {
        (self.route, self.foreign, self.body) = (route, foreign, body)
        (self.own, self.isEndless) = (own, isEndless)
    }

    var testDescription: String { route }
    /// Whether a key needs a scope for it. The tools at `/mcp` want those of the routes that they stand for.
    var wantsScope: Bool { route.contains(" /api/v1/") }
    var isForAgents: Bool { wantsScope || route == "POST /mcp" }

    /// The route with its parameters named alike, to be compared with the routes of the server.
    static func pattern(_ route: String) -> String { route.replacing(/:[A-Za-z]+/, with: ":id") }
}

/// Somebody with one of everything, by key and signed in, that visits are about.
struct Target: Sendable {
    let person: Person
    let agent: Owner
    /// Values by the names that routes use.
    let names: [String: String]

    /// - Parameter pause: runs when the handler, which has judged the head, asks for more than the first byte of a body.
    func send(
        _ visit: Visit,
        _ headers: HTTPFields,
        pause: (@Sendable () async throws -> Void)? = nil
    ) async throws -> HTTPReply {
        let parts = filled(visit.route).split(separator: " ").map(String.init)
        let method = try #require(HTTPRequest.Method(parts[0]))
        let path = "\(parts[1])?timeout=1&channel=\(agent.channel)&agent=\(agent.channel)"
        var (headers, body) = (headers, ByteBuffer?.none)
        switch visit.body {
        case .none: break
        case .json(let json): body = ByteBuffer(string: filled(json))
        case .file: body = form(Form(.channel(agent.channel), .file([1], "a")), &headers)
        case .part:
            headers[HTTPField.Name("tus-resumable")!] = "1.0.0"
            headers[HTTPField.Name("upload-length")!] = "4"
            headers[HTTPField.Name("upload-offset")!] = "0"
            headers[.contentType] = "application/offset+octet-stream"
            if method == .post || method == .patch { body = ByteBuffer(string: "ab") }
        case .picture: body = form(Form(.file(try sample("pixel.png"), "a.png")), &headers)
        }
        guard let pause, let body else { return try await person.server.send(method, path, headers, body: body) }
        return try await person.server.send(method, path, headers, body: body, pausingAt: 1, pause)
    }

    private func form(_ form: Form, _ headers: inout HTTPFields) -> ByteBuffer {
        headers[.contentType] = form.contentType
        return form.body
    }

    private func filled(_ text: String) -> String {
        text.replacing(/:[a-z]+/) { match in names[String(match.output)] ?? String(match.output) }
    }
}

extension TestServer {
    /// An owner of that email with one of everything.
    func target(_ email: String) async throws -> Target {
        let (person, agent) = (try await person(email, role: .owner), try await owner(email))
        let (file, message) = (try await agent.storedID("mine"), try await agent.ask())
        let archive = try await agent.store(sample("archive.zip"), "mine.zip")
        _ = try await person.send(.get, "files/\(file)/share")
        let shares = try await person.send(.get, "files/\(file)/shares").json
        let webhook = ByteBuffer(string: #"{"url":"http://127.0.0.1:9/"}"#)
        _ = try await send(
            .put,
            "/api/agents/\(agent.channel)/webhook",
            [.authorization: "Bearer \(person.token)"],
            body: webhook
        )
        let said = try await person.send(.post, "messages", #"{"channelId":"\#(agent.channel)","text":"Hello"}"#)
        let another = try await owner(email)
        let other = try await self.person("other-\(email)")
        _ = try await self.person(email)
        var begin: HTTPFields = [.apiKey: agent.key]
        begin[HTTPField.Name("tus-resumable")!] = "1.0.0"
        begin[HTTPField.Name("upload-length")!] = "4"
        let uploads = "/api/v1/files/tus?channel=\(agent.channel)"
        let (upload, begun) = (try await send(.post, uploads, begin), try await send(.post, uploads, begin))
        let sessions = try await person.send(.get, "auth/sessions").json.elements
        let browser = try await person.send(.post, "notifications/subscriptions", TestSubscription.json(of: email))
        let names = [
            ":channel": agent.channel, ":file": file, ":message": message, ":undelivered": said.json["id"]?.text,
            ":share": shares.elements.first?["id"]?.text, ":key": another.keyID, ":user": other.userID.rawValue,
            ":session": sessions.first { $0["current"] == .bool(false) }?["id"]?.text, ":stream": "s",
            ":plugin": "diff-view", ":archive": archive["id"]?.text, ":number": "1",
            ":browser": browser.json["id"]?.text,
            ":upload": upload.headers[.location]?.split(separator: "/").last.map(String.init),
            ":begun": begun.headers[.location]?.split(separator: "/").last.map(String.init),
        ]
        return Target(person: person, agent: agent, names: try names.mapValues { try #require($0) })
    }
}

/// A browser's subscription: its endpoint leads nowhere, its key is that of the example of RFC 8291.
private enum TestSubscription {
    static let json = json(of: "anybody")

    static func json(of email: String) -> String {
        let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        let endpoint = "http://127.0.0.1:9/" + email.replacing("@", with: "-")
        return #"{"endpoint":"\#(endpoint)","keys":{"p256dh":"\#(point)","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}"#
    }
}

extension Visit {
    /// The routes that need no key and no session.
    static let open: Set = [
        "GET /health", "GET /metrics", "GET /openapi.json", "GET /api/docs",
        "POST /api/auth/login", "POST /api/auth/logout",
        "GET /api/share/:token", "HEAD /api/share/:token",
        "PUT /api/upload/:token", "PUT /api/upload/:token/:filename",
        "GET /", "GET /sign-in", "GET /inbox", "GET /inbox/:tab", "GET /inbox/:tab/:id", "GET /channels",
        "GET /channels/:id", "GET /files", "GET /files/:id", "GET /storage", "GET /storage/:tab", "GET /settings",
        "GET /settings/:section", "GET /settings/:section/:id", "GET /dashboard/:version/:name",
        "GET /service-worker.js",
    ]

    /// Every other route. What deletes a thing comes after what needs it.
    static let all = ofAgents + ofPeople

    /// A tool tells a model that a channel is not its own; the request itself has not failed.
    private static let notification = """
        {"jsonrpc":"2.0","id":1,"method":"tools/call",
        "params":{"name":"notify","arguments":{"text":"a","channel":":channel"}}}
        """

    private static let ofAgents = [
        Visit("GET /api/v1/agents", 200), Visit("POST /api/v1/agents", 201, .json(#"{"name":"a"}"#)),
        Visit("PATCH /api/v1/agents/:channel", 404, .json(#"{"name":"b"}"#)),
        Visit("POST /api/v1/agents/setWebhook", 404, .json(#"{"channelId":":channel","url":"https://h.example/a"}"#)),
        Visit("POST /api/v1/agents/deleteWebhook", 404, .json(#"{"channelId":":channel"}"#)),
        Visit("POST /api/v1/status/ping", 404, .json(#"{"agentId":":channel","status":"busy"}"#)),
        Visit("GET /api/v1/files", 403), Visit("POST /api/v1/files/upload", 403, .file),
        Visit("POST /api/v1/files/store", 403, .file),
        Visit("OPTIONS /api/v1/files/tus", 204), Visit("POST /api/v1/files/tus", 403, .part),
        Visit("HEAD /api/v1/files/tus/:upload", 404, .part), Visit("PATCH /api/v1/files/tus/:upload", 404, .part),
        Visit("POST /api/v1/files/tus/:upload", 400, own: 400), Visit("DELETE /api/v1/files/tus/:upload", 404, .part),
        Visit("PUT /api/v1/files/raw", 403, .json("bytes")),
        Visit("POST /api/v1/files/upload-addresses", 403, .json(#"{"channelId":":channel"}"#)),
        Visit("POST /api/v1/files/store-text", 403, .json(#"{"channelId":":channel","content":"a"}"#)),
        Visit("GET /api/v1/files/:file", 403), Visit("GET /api/v1/files/:file/download", 403),
        Visit("HEAD /api/v1/files/:file/download", 403), Visit("GET /api/v1/files/:file/lines", 403),
        Visit("GET /api/v1/files/:archive/entries", 403),
        Visit("GET /api/v1/files/:archive/entries/:number", 403),
        Visit("POST /mcp", 200, .json(notification)),
        Visit("POST /api/v1/messages", 403, .json(#"{"channelId":":channel","text":"a","streamId":":stream"}"#)),
        Visit("PATCH /api/v1/messages/streams/:stream", 403, .json(#"{"channelId":":channel","text":"ab"}"#)),
        Visit("POST /api/v1/messages/streams/:stream/status", 403, .json(#"{"channelId":":channel","text":"a"}"#)),
        Visit("GET /api/v1/messages", 403), Visit("GET /api/v1/messages/:message", 403),
        Visit("GET /api/v1/messages/iterations/:message", 403), Visit("POST /api/v1/messages/:message/ack", 403),
        Visit("GET /api/v1/answers", 403), Visit("GET /api/v1/events", 403, isEndless: true),
        Visit("GET /api/v1/reviews/pending", 403), Visit("GET /api/v1/reviews/:message", 403),
        Visit("GET /api/v1/reviews/:message/wait", 403), Visit("GET /api/v1/plugins", 200),
        Visit("GET /api/v1/plugins/:plugin", 200), Visit("DELETE /api/v1/messages/:message", 403),
        Visit("DELETE /api/v1/files/:file", 403), Visit("DELETE /api/v1/agents/:channel", 404),
    ]

    private static let ofPeople = [
        Visit("POST /api/auth/confirm", 200, .json(#"{"password":"correct horse"}"#)),
        Visit("GET /api/auth/me", 200), Visit("GET /api/auth/sessions", 200), Visit("POST /api/auth/refresh", 200),
        Visit("DELETE /api/auth/sessions/:session", 404),
        Visit("GET /api/api-keys", 200), Visit("POST /api/api-keys", 201, .json("{}")),
        Visit("PATCH /api/api-keys/:key", 404, .json(#"{"defaultChannelId":":channel"}"#)),
        Visit("POST /api/api-keys/:key/rotate", 404), Visit("DELETE /api/api-keys/:key", 404),
        // The stranger is a member.
        Visit("GET /api/admin/audit", 403), Visit("GET /api/admin/audit/export", 403),
        Visit("GET /api/admin/storage", 403), Visit("GET /api/users", 403),
        Visit("POST /api/admin/gc/plan", 403, .json("{}")), Visit("POST /api/admin/gc/run", 403, .json("{}")),
        // There was no such plan, and no such run.
        Visit("GET /api/admin/gc/runs", 403), Visit("GET /api/admin/gc/runs/:run", 403, own: 404),
        Visit("POST /api/admin/gc/runs/:run/undo", 403, own: 404), Visit("GET /api/admin/blobs/:file/explain", 403),
        Visit("POST /api/admin/gc/apply", 403, .json(#"{"plan":"0.0.00"}"#), own: 409),
        Visit("POST /api/users", 403, .json(#"{"email":"x@y.z","password":"12345678"}"#)),
        Visit("PATCH /api/users/:user", 403, .json(#"{"quotaBytes":9}"#)), Visit("DELETE /api/users/:user", 403),
        Visit("POST /api/markdown", 200, .json(#"{"texts":["**a**"]}"#)),
        Visit("GET /api/preferences", 200), Visit("PATCH /api/preferences", 200, .json(#"{"theme":"dark"}"#)),
        Visit("GET /api/notifications", 200), Visit("PUT /api/notifications", 200, .json(#"{"kinds":["message"]}"#)),
        Visit("POST /api/notifications/subscriptions", 201, .json(TestSubscription.json)),
        Visit("POST /api/notifications/test", 404, .json(#"{"to":":browser"}"#)),
        Visit("DELETE /api/notifications/subscriptions/:browser", 404),
        Visit("GET /api/plugins", 200), Visit("GET /api/plugins/:plugin", 200),
        Visit("GET /api/plugins/:plugin/render", 200), Visit("GET /api/plugins/:plugin/icon", 200),
        Visit("GET /api/plugins/:plugin/config", 200),
        Visit("PUT /api/plugins/:plugin/config", 200, .json(#"{"config":{}}"#)),
        Visit("POST /api/plugins/:plugin/fetch", 400, .json(#"{"url":"nowhere"}"#), own: 400),
        Visit("GET /api/agents", 200), Visit("POST /api/agents", 201, .json(#"{"name":"a"}"#)),
        Visit("PATCH /api/agents/:channel", 404, .json(#"{"name":"b"}"#)),
        Visit("POST /api/agents/:channel/avatar", 404, .picture), Visit("GET /api/agents/:channel/avatar", 404),
        Visit("DELETE /api/agents/:channel/avatar", 404), Visit("POST /api/agents/:channel/read", 404),
        Visit("GET /api/agents/:channel/stats", 404), Visit("GET /api/agents/:channel/deliveries", 404),
        Visit("PUT /api/agents/:channel/webhook", 404, .json(#"{"url":"http://127.0.0.1:9/b"}"#)),
        Visit("POST /api/agents/:channel/webhook/test", 404),
        Visit("GET /api/messages", 403), Visit("GET /api/messages/:message", 403),
        Visit("POST /api/messages", 403, .json(#"{"channelId":":channel","text":"a"}"#)),
        Visit("GET /api/messages/:message/iterations", 403), Visit("POST /api/messages/:undelivered/retry", 403),
        Visit("GET /api/messages/reviews", 403), Visit("GET /api/messages/reviews/counts", 403),
        Visit("POST /api/messages/:message/respond", 403, .json(#"{"response":{"selectedOption":"yes"}}"#)),
        Visit("GET /api/events", 200, isEndless: true),
        Visit("GET /api/files", 403), Visit("POST /api/files/upload", 403, .file),
        Visit("POST /api/files/store", 403, .file), Visit("GET /api/files/:file", 403),
        Visit("OPTIONS /api/files/tus", 204), Visit("POST /api/files/tus", 403, .part),
        Visit("HEAD /api/files/tus/:begun", 404, .part), Visit("PATCH /api/files/tus/:begun", 404, .part),
        Visit("POST /api/files/tus/:begun", 400, own: 400), Visit("DELETE /api/files/tus/:begun", 404, .part),
        Visit("GET /api/files/:file/download", 403), Visit("HEAD /api/files/:file/download", 403),
        Visit("GET /api/files/:file/lines", 403), Visit("GET /api/files/:archive/entries", 403),
        Visit("GET /api/files/:archive/entries/:number", 403), Visit("GET /api/files/:file/share", 403),
        Visit("GET /api/files/:file/shares", 403),
        Visit("GET /api/files/:file/openings", 403),
        Visit("DELETE /api/files/:file/shares/:share", 403),
        Visit("POST /api/files/bulk-download", 403, .json(#"{"ids":[":file"]}"#)),
        Visit("DELETE /api/files/:file", 403),
        Visit("POST /api/files/bulk-delete", 403, .json(#"{"ids":[":file"]}"#)),
        Visit("DELETE /api/agents/:channel/webhook", 404), Visit("DELETE /api/agents/:channel", 404),
        // Hashes passwords, which takes its time, and ends all other sessions.
        Visit(
            "POST /api/auth/change-password",
            401,
            .json(#"{"currentPassword":"x","newPassword":"12345678"}"#),
            own: 401
        ),
    ]
}
