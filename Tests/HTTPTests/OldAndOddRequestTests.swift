import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Synchronization
import Testing

@testable import HTTP

@Suite("Upgrades, HTTP/1.0 and heads that are refused")
struct OldAndOddRequestTests {
    private static let getting = "GET /next HTTP/1.1\r\nhost: x\r\n\r\n"

    // MARK: The path

    @Test(
        "letters, digits and -._~ of a path are the same percent-encoded or not; nothing else is, nor the query",
        arguments: [
            ("/%61gents", "/agents"), ("/%7Ea%2d%2Eb", "/~a-.b"), ("/a%2Fb%20c%3F", "/a%2Fb%20c%3F"),
            ("/%e4%", "/%e4%"), ("/%6", "/%6"), ("/%+61", "/%+61"), ("/%2561", "/%2561"), ("/%61?q=%61", "/a?q=%61"),
            ("/a?%61", "/a?%61"),
        ]
    )
    func plainPath(sent: String, arrived: String) throws {
        let wire = try Wire()
        try wire.clientSends("GET \(sent) HTTP/1.1\r\nhost: x\r\n\r\n")
        #expect(try wire.arrived() == ["GET \(arrived)", "end"])
    }

    // MARK: Upgrades

    private static let h2c = "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
    private static let websocket =
        "Connection: keep-alive,Upgrade\r\nUpgrade: websocket\r\nsec-websocket-version: 13\r\n"
    private static let tls = "CONNECTION: UPGRADE\r\nUPGRADE: TLS/1.0, HTTP/1.1\r\n"
    private static let twoLines = "connection: keep-alive\r\nconnection: upgrade\r\nupgrade: h2c\r\n"

    @Test(
        "a request that offers an upgrade is one like any other, and so is the next, in as many pieces as it comes",
        arguments: [h2c, websocket, tls, twoLines],
        [1, 7, 10_000]
    )
    func upgrade(offer: String, piece: Int) throws {
        let wire = try Wire()
        let offering = "GET /first HTTP/1.1\r\nhost: x\r\n\(offer)\r\n"
        var rest = Array(offering + offering + Self.getting)[...]
        while !rest.isEmpty {
            try wire.clientSends(String(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        #expect(try wire.arrived() == ["GET /first", "end", "GET /first", "end", "GET /next", "end"])
        for body in ["a", "b", "c"] { try wire.serverAnswers(.ok, [.contentLength: "1"], body: body) }
        #expect(try !wire.received().contains("Connection"))
        #expect(wire.closed.isEmpty)
    }

    @Test(
        "the body of a request that offers an upgrade arrives, and the next request too",
        arguments: ["content-length: 5\r\n\r\nhello", "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]
    )
    func upgradeWithBody(body: String) throws {
        let wire = try Wire()
        try wire.clientSends("POST /first HTTP/1.1\r\nhost: x\r\n\(Self.h2c)\(body)\(Self.getting)")
        #expect(try wire.arrived() == ["POST /first", "5 bytes", "end", "GET /next", "end"])
    }

    @Test(
        "after an offer that the parser may understand otherwise than we, and after CONNECT, the connection closes",
        arguments: [
            "GET /first HTTP/1.1\r\nhost: x\r\nconnection: upgrade x\r\nupgrade: h2c\r\n\r\n",
            "GET /first HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: \r\n\r\n",
            "GET /first HTTP/1.1\r\nhost: x\r\nconnection: x,\tupgrade\r\nupgrade: h2c\r\n\r\n",
            "CONNECT example.org:443 HTTP/1.1\r\nhost: example.org:443\r\n\r\n",
        ]
    )
    func unclear(request: String) throws {
        let wire = try Wire()
        try wire.clientSends(request)
        try wire.serverAnswers(.notFound, [.contentLength: "0"])
        #expect(try Answer(try wire.received()).headers["connection"] == "close")
        #expect(wire.closed == [.output])
    }

    // MARK: HTTP/1.0

    @Test("HTTP/1.0 needs no Host, and its connection closes after the answer")
    func oldCloses() throws {
        let wire = try Wire()
        try wire.clientSends("GET /old HTTP/1.0\r\n\r\n")
        try wire.serverAnswers(.ok, [.contentLength: "1"], body: "a")
        #expect(try wire.received() == "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na")
        #expect(wire.closed == [.output])
    }

    @Test("HTTP/1.0 that asks for it keeps its connection, and is told so", arguments: ["keep-alive", "Keep-Alive"])
    func oldKeepsAlive(spelling: String) throws {
        let wire = try Wire()
        for _ in 1...2 {
            try wire.clientSends("GET /old HTTP/1.0\r\nconnection: \(spelling)\r\n\r\n")
            try wire.serverAnswers(.ok, [.contentLength: "1"], body: "a")
            let answer = try Answer(try wire.received())
            #expect(answer.headers["connection"] == "keep-alive")
            #expect(answer.body == "a")
        }
        #expect(wire.closed.isEmpty)
    }

    @Test("an answer without a length goes to HTTP/1.0 without chunks and ends with the connection")
    func oldWithoutLength() throws {
        let wire = try Wire()
        try wire.clientSends("GET /old HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
        try wire.serverAnswers(.ok, body: "all of it")
        #expect(try wire.received() == "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nall of it")
        #expect(wire.closed == [.output])
    }

    @Test("HTTP/1.0 is not told to continue")
    func oldDoesNotContinue() throws {
        let wire = try Wire()
        try wire.clientSends("POST /old HTTP/1.0\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n")
        try wire.trigger(ConnectionHandler.AcceptBody())
        #expect(try wire.received() == "")
    }

    // MARK: Heads that are refused

    /// What Hummingbird answers when the parser fails.
    private func hummingbirdGivesUp(_ wire: Wire) throws {
        try wire.serverAnswers(.badRequest, [.connection: "close", .contentLength: "0"])
    }

    @Test(
        "a head that RFC 9112 has refused is answered as JSON, nothing of it arrives, and the connection closes",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", 400),
            ("GET / HTTP/1.0\r\nhost: a\r\nHost: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nhost: a b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nhost: a/b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nhost: u@a\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: identity\r\n\r\n", 501),
            ("POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ]
    )
    func refused(head: String, status: Int) throws {
        let wire = try Wire()
        #expect(throws: (any Error).self) { try wire.clientSends(head + Self.getting) }
        try hummingbirdGivesUp(wire)
        let answer = try Answer(try wire.received())
        #expect(answer.statusLine.contains(" \(status) "))
        #expect(answer.headers["connection"] == "close")
        #expect(answer.headers["content-type"] == "application/json; charset=utf-8")
        #expect(answer.body.contains("\"statusCode\":\(status)"))
        #expect(try wire.arrived() == [])
        #expect(wire.closed == [.output])
    }

    @Test("a path and query of 16 384 bytes arrive, and one byte more is 414")
    func longTarget() throws {
        func wire(_ count: Int) -> String {
            "GET /?\(String(repeating: "q", count: count - 2)) HTTP/1.1\r\nhost: a\r\n\r\n"
        }
        let taken = try Wire()
        try taken.clientSends(wire(16_384))
        #expect(try taken.arrived().last == "end")
        let refused = try Wire()
        #expect(throws: (any Error).self) { try refused.clientSends(wire(16_385)) }
        try hummingbirdGivesUp(refused)
        let answer = try Answer(try refused.received())
        #expect(answer.statusLine.contains(" 414 ") && answer.body.contains("16384 bytes"))
        #expect(try refused.arrived() == [])
    }

    @Test(
        "an odd but lawful head arrives",
        arguments: [
            "host: ", "host: [::1]:3001", "host: xn--bcher-kva.example:443", "host: a\r\nTransfer-Encoding: Chunked ",
        ]
    )
    func taken(lines: String) throws {
        let wire = try Wire()
        try wire.clientSends("POST / HTTP/1.1\r\n\(lines)\r\n\r\n" + (lines.contains("Chunked") ? "0\r\n\r\n" : ""))
        #expect(try wire.arrived() == ["POST /", "end"])
    }

    // MARK: Too many connections

    @Test("memory is given back once for each crowd, when most of it has gone")
    func crowdGone() {
        let times = Mutex(0)
        let limits = ConnectionLimits(inAll: nil, ofAddress: nil, logger: .silent) { times.withLock { $0 += 1 } }
        func go(_ count: Int) { for _ in 0..<count { limits.close(from: "a", .admitted) } }
        func come(_ count: Int) { for _ in 0..<count { _ = limits.open(from: "a") {} } }
        come(999)
        go(999)
        #expect(times.withLock { $0 } == 0)
        come(2000)
        go(1499)
        #expect(times.withLock { $0 } == 0)
        go(1)
        #expect(times.withLock { $0 } == 1)
        go(500)
        #expect(times.withLock { $0 } == 1)
        come(1000)
        go(1000)
        #expect(times.withLock { $0 } == 2)
    }

    @Test("a connection above the limit hears 503 and when to come again; when one ends, the next is let in")
    func limit() throws {
        let limits = ConnectionLimits(inAll: 1, ofAddress: nil, logger: .silent)
        let first = try Wire(limits: limits)
        try first.clientSends(Self.getting)
        #expect(try first.arrived() == ["GET /next", "end"])

        let second = try Wire(limits: limits)
        #expect(throws: (any Error).self) { try second.clientSends(Self.getting) }
        try hummingbirdGivesUp(second)
        let answer = try Answer(try second.received())
        #expect(answer.statusLine == "HTTP/1.1 503 Service Unavailable")
        #expect(answer.headers["retry-after"] == "5")
        #expect(answer.body.contains("limit of 1 connections"))

        first.channel.pipeline.fireChannelInactive()
        let third = try Wire(limits: limits)
        try third.clientSends(Self.getting)
        #expect(try third.arrived() == ["GET /next", "end"])
    }

    @Test("a connection above the limit that asks nothing is closed after 5 s")
    func silentAboveLimit() throws {
        let limits = ConnectionLimits(inAll: 1, ofAddress: nil, logger: .silent)
        let first = try Wire(limits: limits)
        let second = try Wire(limits: limits)
        second.channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        #expect(second.closed.isEmpty)
        second.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(second.closed == [.all])
        #expect(first.closed.isEmpty)
    }

    @Test("each address has a limit of its own")
    func limitOfAddress() {
        let limits = ConnectionLimits(inAll: 10, ofAddress: 2, logger: .silent)
        let verdicts = ["a", "a", "a", "b"].map { limits.open(from: $0) {} }
        #expect(verdicts.map(\.isAdmitted) == [true, true, false, true])
        limits.close(from: "a", verdicts[0])
        #expect(limits.open(from: "a") {}.isAdmitted)
    }

    @Test("those who wait for a refusal are few: the oldest goes when another one comes")
    func crowd() throws {
        let limits = ConnectionLimits(inAll: 0, ofAddress: nil, logger: .silent)
        var waiting = try (0..<ConnectionLimits.refusedAtATime).map { _ in try Wire(limits: limits) }
        #expect(!waiting.contains { !$0.closed.isEmpty })
        waiting.append(try Wire(limits: limits))
        let closed = waiting.indices.filter { !waiting[$0].closed.isEmpty }
        #expect(closed == [0])
    }

    @Test("/health is answered above the limit too, and the connection closes")
    func healthAboveLimit() throws {
        let wire = try Wire(limits: ConnectionLimits(inAll: 0, ofAddress: nil, logger: .silent))
        try wire.clientSends("GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        #expect(try wire.arrived() == ["GET /health", "end"])
        try wire.serverAnswers(.ok, [.contentLength: "2"], body: "{}")
        #expect(try wire.received().contains("Connection: close\r\n"))
        #expect(wire.closed == [.output])
    }

    @Test(
        "unless it is set, the limit leaves descriptors for files",
        arguments: [(1024, 896), (100, 36), (20, 16), (1_048_576, 917_504)]
    )
    func descriptors(limit: Int, connections: Int) {
        #expect(ConnectionLimits.forDescriptors(limit) == connections)
    }
}

extension ConnectionLimits.Verdict {
    fileprivate var isAdmitted: Bool {
        if case .admitted = self { true } else { false }
    }
}
