import CoreMetrics
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP

@Suite("Ready answers")
struct ReadyAnswerTests {
    /// Remembers one key.
    private struct RememberedKey: AgentAuthenticator {
        static let agent = AgentPrincipal(user: "u", key: "k", hash: [1], scopes: [.files])

        nonisolated(nonsending) func principal(forKey key: String) async throws -> AgentPrincipal? { remembered(key) }

        func remembered(_ key: String) -> AgentPrincipal? { key == "good" ? Self.agent : nil }
    }

    private static func routes(scope: KeyScope = .files, limits: RateLimits? = nil) -> ReadyRoutes {
        let table = ReadyTable()
        table.add("files/:id/download", scope: scope) { request in
            let asked = request.parameters
            guard asked.id != "cold", asked.queryText.isEmpty else { return nil }
            let body = ReadyAnswer.Body.bytes(ByteBuffer(string: asked.id))
            let fields: HTTPFields = [.contentLength: "\(asked.id.utf8.count)"]
            return ReadyAnswer(ReadyAnswer.Head(.ok, fields), request.isHead ? .none : body)
        }
        for path in ["messages", "messages/literal", "messages/:id"] {
            table.add(path, scope: scope, isLong: true) { request in
                let asked = request.parameters
                let text = "\(path) \(asked.id) \((try? asked.query("q")) ?? "none")"
                return .json(bytes: ByteBuffer(string: text), link: nil, to: request)
            }
        }
        return ReadyRoutes(
            routes: table.routes,
            authenticator: RememberedKey(),
            limits: limits,
            surroundings: Surroundings(hosts: ["files.example"]),
            log: AccessLog(metrics: NOOPMetricsHandler.instance, lines: NoAccessLines())
        )
    }

    private static func get(_ path: String, _ fields: String = "x-api-key: good\r\n", host: String = "localhost")
        -> String
    {
        "GET \(path) HTTP/1.1\r\nhost: \(host)\r\n\(fields)\r\n"
    }

    private static let hot = "/api/v1/files/abc/download"

    @Test("a hot path is answered with the fields that every answer has, and reaches nobody")
    func answered() throws {
        let wire = try Wire(ready: Self.routes())
        try wire.clientSends(Self.get(Self.hot))
        let answer = try Answer(wire.received())
        #expect(answer.statusLine == "HTTP/1.1 200 OK" && answer.body == "abc")
        #expect(answer.headers["server"] == "placet" && answer.headers["date"]?.hasSuffix("GMT") == true)
        #expect(answer.headers["x-request-id"]?.utf8.count ?? 0 >= 16)
        #expect(try wire.arrived().isEmpty && wire.closed.isEmpty)
    }

    @Test(
        "whatever is not known to be hot goes on, and counts for no limit",
        arguments: [
            get("/api/v1/files/cold/download"), get("/api/v1/files//download"), get("/api/v1/files/a/b/download"),
            get("/api/v1/files/abc/downloads"), get("/api/v1/files/abc"), get("/api/v1/files/abc/download?x=1"),
            get("/api/v1/files/%41bc%2F/download"), get("/x/api/v1/files/abc/download"),
            get(hot, "x-api-key: bad\r\n"), get(hot, ""), get(hot, "x-api-key: good\r\nx-api-key: good\r\n"),
            get(hot, "x-api-key: good\r\nauthorization: Bearer good\r\n"), get(hot, "authorization: Basic good\r\n"),
            get(hot, "x-api-key: good\r\norigin: https://a.example\r\n"),
            get(hot, "x-api-key: good\r\nconnection: close\r\n"),
            get(hot, "x-api-key: good\r\ncontent-length: 2\r\n") + "ab",
            get(hot, host: "evil.example"), get(hot).replacing("GET", with: "DELETE"),
            get(hot).replacing("HTTP/1.1", with: "HTTP/1.0"),
        ]
    )
    func passedOn(request: String) throws {
        let limits = RateLimits(Rate(perSecond: 1, burst: 1))
        let wire = try Wire(ready: Self.routes(limits: limits))
        try wire.clientSends(request)
        #expect(try wire.received() == "")
        #expect(try wire.arrived().last == "end")
        #expect(limits.takes(key: "k"))
    }

    @Test(
        "the first route that fits is asked, with its parameter and the query",
        arguments: [
            ("messages", "messages  none"), ("messages?q=c%20d&q=e", "messages  c d"), ("messages?", "messages  none"),
            ("messages/literal", "messages/literal  none"), ("messages/x%79?%71=1", "messages/:id xy 1"),
            ("messages/x?y=/", "messages/:id x none"),
        ]
    )
    func parameters(path: String, answer: String) throws {
        let wire = try Wire(ready: Self.routes())
        try wire.clientSends(Self.get("/api/v1/\(path)"))
        #expect(try Answer(wire.received()).body == answer)
    }

    @Test(
        "what no route fits goes on",
        arguments: [
            "messages/", "messages/x/", "messages/x/y", "messages/x%2F", "message", "messages?x#y", "messages#y",
        ]
    )
    func unfit(path: String) throws {
        let wire = try Wire(ready: Self.routes())
        try wire.clientSends(Self.get("/api/v1/\(path)"))
        #expect(try wire.received() == "" && wire.arrived().last == "end")
    }

    @Test("of what a client sends at once, one answer that may take long is ready, and after it another one")
    func fairness() throws {
        let wire = try Wire(ready: Self.routes())
        let long = Self.get("/api/v1/messages")
        try wire.clientSends(Self.get(Self.hot) + long + Self.get(Self.hot) + long)
        #expect(try wire.arrived() == ["GET /api/v1/messages", "end"])
        #expect(try wire.received().ranges(of: "HTTP/1.1 200").count == 3)
        try wire.serverAnswers(.ok, [.contentLength: "1"], body: "4")
        #expect(try wire.received().hasSuffix("4"))
        try wire.clientSends(long)
        #expect(try wire.received().hasSuffix("messages  none") && wire.arrived().isEmpty)
    }

    @Test("a key without the scope, and one over its rate, hear it from the ordinary way")
    func refused() throws {
        let narrow = try Wire(ready: Self.routes(scope: .send))
        try narrow.clientSends(Self.get(Self.hot))
        #expect(try narrow.arrived() == ["GET \(Self.hot)", "end"])

        let limited = try Wire(ready: Self.routes(limits: RateLimits(Rate(perSecond: 1, burst: 1))))
        try limited.clientSends(Self.get(Self.hot) + Self.get(Self.hot))
        #expect(try limited.arrived() == ["GET \(Self.hot)", "end"])
        #expect(try limited.received().hasSuffix("abc"))
    }

    @Test("any spelling of the fields is understood, and a listed name of the server")
    func spellings() throws {
        let wire = try Wire(ready: Self.routes())
        try wire.clientSends(
            Self.get(Self.hot, "AUTHORIZATION: bearer  good\r\nConnection: Keep-Alive\r\n", host: "FILES.example:3001")
        )
        #expect(try wire.received().hasSuffix("abc"))
    }

    @Test("answers keep the order of their requests, whoever gives them")
    func order() throws {
        let wire = try Wire(ready: Self.routes())
        let cold = "/api/v1/files/cold/download"
        try wire.clientSends(Self.get(Self.hot) + Self.get(cold) + Self.get(Self.hot))
        #expect(try wire.received().hasSuffix("abc"))
        // The third has to wait for the second, so it takes the same way.
        #expect(try wire.arrived() == ["GET \(cold)", "end", "GET \(Self.hot)", "end"])
        for body in ["2", "3"] { try wire.serverAnswers(.ok, [.contentLength: "1"], body: body) }
        #expect(try wire.received().contains("2HTTP/1.1 200 OK"))
        try wire.clientSends(Self.get(Self.hot))
        #expect(try wire.received().hasSuffix("abc"))
    }
}

@Suite("Idle connections")
struct IdleHandlerTests {
    private static let getting = "GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    private static let posting = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n"

    private func pass(_ seconds: Int64, _ wire: Wire) {
        wire.channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    @Test("a connection is closed when nothing came for that long, and each part of a request begins it anew")
    func silence() throws {
        let wire = try Wire(idleTimeout: .seconds(10))
        pass(9, wire)
        try wire.clientSends(Self.posting)
        pass(9, wire)
        try wire.clientSends("a")
        pass(9, wire)
        #expect(wire.closed.isEmpty)
        pass(1, wire)
        #expect(wire.closed == [.all])
    }

    @Test("who waits for an answer may wait, and is idle only from the answer on")
    func waiting() throws {
        let wire = try Wire(idleTimeout: .seconds(10))
        try wire.clientSends(Self.getting)
        pass(1000, wire)
        #expect(wire.closed.isEmpty)
        try wire.serverAnswers(.ok, [.contentLength: "0"])
        pass(9, wire)
        #expect(wire.closed.isEmpty)
        pass(11, wire)
        #expect(wire.closed == [.all])
    }

    @Test("a stopping server closes what waits for nothing at once, and the rest with the answer")
    func stopping() throws {
        let idle = try Wire(idleTimeout: .seconds(10))
        idle.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(idle.closed == [.all])

        let busy = try Wire(idleTimeout: .seconds(10))
        try busy.clientSends(Self.getting)
        busy.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(busy.closed.isEmpty)
        try busy.serverAnswers(.ok, [.contentLength: "2"], body: "ok")
        #expect(try busy.received().hasSuffix("ok"))
        #expect(busy.closed == [.all])
    }
}
