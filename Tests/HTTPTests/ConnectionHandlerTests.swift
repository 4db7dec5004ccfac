import FoundationEssentials
import HTTPTypes
import JSON
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Synchronization
import Testing

@testable import HTTP

@Suite("ConnectionHandler")
struct ConnectionHandlerTests {
    private static let waiting = "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n"
    private static let posting = "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n"
    private static let getting = "GET /next HTTP/1.1\r\nhost: x\r\n\r\n"

    // MARK: 100 Continue

    @Test("a client that waits hears 100 Continue when the body is wanted, not before")
    func continueIsSent() throws {
        let wire = try Wire()
        try wire.clientSends(Self.waiting)
        #expect(try wire.received() == "")

        try wire.trigger(ConnectionHandler.AcceptBody())
        #expect(try wire.received() == "HTTP/1.1 100 Continue\r\n\r\n")

        try wire.trigger(ConnectionHandler.AcceptBody())
        #expect(try wire.received() == "")
    }

    @Test("the answer after a 100 Continue is a whole one of its own, and the connection stays")
    func answerAfterContinue() throws {
        let wire = try Wire()
        try wire.clientSends(Self.waiting)
        try wire.trigger(ConnectionHandler.AcceptBody())
        _ = try wire.received()
        try wire.clientSends("hello")
        try wire.serverAnswers(.created, [.contentLength: "2"], body: "ok")

        #expect(try wire.arrived() == ["POST /upload", "5 bytes", "end"])
        #expect(try wire.received() == "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok")
        #expect(wire.closed.isEmpty)
    }

    @Test("nothing is said to a client that does not wait, or has begun to send", arguments: [posting, waiting + "he"])
    func noContinue(request: String) throws {
        let wire = try Wire()
        try wire.clientSends(request)
        try wire.trigger(ConnectionHandler.AcceptBody())
        #expect(try wire.received() == "")
    }

    // MARK: Early answers

    @Test("an answer before the request has arrived says Connection: close and closes the sending half alone")
    func earlyAnswer() throws {
        let wire = try Wire()
        try wire.clientSends(Self.posting + "he")
        try wire.serverAnswers(.contentTooLarge, [.contentLength: "3"], body: "no!")

        let answer = try wire.received()
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nno!"))
        #expect(wire.closed == [.output])
    }

    @Test("after an early answer what still comes is dropped, also a whole next request")
    func lingering() throws {
        let wire = try Wire()
        try wire.clientSends(Self.posting + "he")
        try wire.serverAnswers(.contentTooLarge, [.contentLength: "0"])
        _ = try wire.arrived()

        try wire.clientSends("llo" + Self.getting)
        #expect(try wire.arrived() == [])
        #expect(wire.closed == [.output])
    }

    @Test("a refused client that closes its half ends the connection at once")
    func clientCloses() throws {
        let wire = try Wire()
        try wire.clientSends(Self.posting)
        try wire.serverAnswers(.contentTooLarge, [.contentLength: "0"])
        wire.clientCloses()
        #expect(wire.closed == [.output, .all])
    }

    @Test("a refused client that goes on sending is cut off after 30 s, not earlier")
    func lingeringEnds() throws {
        let wire = try Wire()
        try wire.clientSends(Self.posting)
        try wire.serverAnswers(.contentTooLarge, [.contentLength: "0"])

        wire.channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(wire.closed == [.output])
        wire.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(wire.closed == [.output, .all])
    }

    @Test("the half-close of a client that was answered in full is none of our business")
    func halfCloseIsPassedOn() throws {
        let wire = try Wire()
        try wire.clientSends(Self.getting)
        try wire.serverAnswers(.ok, [.contentLength: "0"])
        wire.clientCloses()
        #expect(wire.closed.isEmpty)
    }

    @Test("an answer to a whole request keeps the connection for the next")
    func keepAlive() throws {
        let wire = try Wire()
        try wire.clientSends(Self.posting + "hello" + Self.getting)
        try wire.serverAnswers(.created, [.contentLength: "1"], body: "a")
        try wire.serverAnswers(.ok, [.contentLength: "1"], body: "b")

        #expect(try wire.arrived() == ["POST /upload", "5 bytes", "end", "GET /next", "end"])
        let answers = try wire.received()
        #expect(answers.contains("Connection") == false)
        #expect(answers.hasSuffix("\r\n\r\nb"))
        #expect(wire.closed.isEmpty)
    }

    @Test(
        "the wish to close reaches Hummingbird in the one spelling it knows, other options as they are",
        arguments: [
            ("close", "close"), ("Close", "close"), ("CLOSE", "close"), ("keep-alive, close", "close"),
            ("Keep-Alive,Close", "close"), ("close , upgrade", "close"), ("keep-alive", "keep-alive"),
            ("closed", "closed"), ("keep-alive, x-close", "keep-alive, x-close"),
        ]
    )
    func wishToClose(sent: String, passedOn: String) throws {
        let wire = try Wire()
        try wire.clientSends("GET /next HTTP/1.1\r\nhost: x\r\nconnection: \(sent)\r\n\r\n")
        guard case .head(let head)? = try wire.channel.readInbound(as: HTTPRequestPart.self) else {
            Issue.record("no head arrived")
            return
        }
        #expect(head.headerFields[.connection] == passedOn)
    }

    @Test(
        "a request that wants its connection closed is told so, however it says it",
        arguments: ["close", "Close", "keep-alive, close"]
    )
    func wishToCloseIsConfirmed(sent: String) throws {
        let wire = try Wire()
        try wire.clientSends("GET /next HTTP/1.1\r\nhost: x\r\nconnection: \(sent)\r\n\r\n")
        try wire.serverAnswers(.ok, [.contentLength: "1"], body: "a")
        #expect(try Answer(try wire.received()).headers["connection"] == "close")
        #expect(wire.closed == [.output])
    }

    // MARK: Hanging up

    @Test(
        "a client that ended its sending and is waited for is sent an interim answer, which tells whether it is there",
        arguments: [true, false]
    )
    func halfClose(isEarly: Bool) throws {
        let wire = try Wire()
        let count = Atomic(0)
        try wire.clientSends(Self.getting)
        if isEarly { wire.clientCloses() }
        #expect(try wire.received() == "")
        try wire.trigger(ConnectionHandler.OnHangUp { count.add(1, ordering: .relaxed) })
        if !isEarly { wire.clientCloses() }
        #expect(try wire.received() == "HTTP/1.1 102 Processing\r\n\r\n")
        #expect(count.load(ordering: .relaxed) == 0)
        wire.channel.pipeline.fireChannelInactive()
        wire.channel.pipeline.fireChannelInactive()
        #expect(count.load(ordering: .relaxed) == 1)
    }

    @Test("a half-closed client of HTTP/1.0 may wait too, and is sent nothing it does not know")
    func halfCloseOfOld() throws {
        let wire = try Wire()
        let count = Atomic(0)
        try wire.clientSends("GET /wait HTTP/1.0\r\n\r\n")
        try wire.trigger(ConnectionHandler.OnHangUp { count.add(1, ordering: .relaxed) })
        wire.clientCloses()
        #expect(try wire.received() == "")
        #expect(count.load(ordering: .relaxed) == 0)
    }

    @Test("a client that ends its sending amid an answer has hung up")
    func halfCloseAmidAnAnswer() throws {
        let wire = try Wire()
        let count = Atomic(0)
        try wire.clientSends(Self.getting)
        try wire.begin(.ok)
        try wire.trigger(ConnectionHandler.OnHangUp { count.add(1, ordering: .relaxed) })
        wire.clientCloses()
        #expect(count.load(ordering: .relaxed) == 1)
    }

    @Test("what was to be done when the client hung up is forgotten once it was answered")
    func answeredBeforeHalfClose() throws {
        let wire = try Wire()
        let count = Atomic(0)
        try wire.clientSends(Self.getting)
        try wire.trigger(ConnectionHandler.OnHangUp { count.add(1, ordering: .relaxed) })
        try wire.serverAnswers(.ok, [.contentLength: "0"])
        try wire.clientSends(Self.getting)
        _ = try wire.received()
        wire.clientCloses()
        #expect(try wire.received() == "")
        #expect(count.load(ordering: .relaxed) == 0)
    }

    @Test("who asks after the client hung up hears it at once")
    func hungUpBefore() throws {
        let wire = try Wire()
        let count = Atomic(0)
        wire.channel.pipeline.fireChannelInactive()
        try wire.trigger(ConnectionHandler.OnHangUp { count.add(1, ordering: .relaxed) })
        #expect(count.load(ordering: .relaxed) == 1)
    }

    @Test("a connection that breaks without an end of the sending half was hung up too")
    func brokenConnection() throws {
        let wire = try Wire()
        let count = Atomic(0)
        try wire.clientSends(Self.getting)
        try wire.trigger(ConnectionHandler.OnHangUp { count.add(1, ordering: .relaxed) })
        wire.channel.pipeline.fireChannelInactive()
        #expect(count.load(ordering: .relaxed) == 1)
    }

    // MARK: File regions

    @Test("a part of a file goes out between the buffers written before and after it")
    func fileRegionInOrder() throws {
        let wire = try Wire()
        let file = try TemporaryFile("0123456789")
        defer { try? file.handle.close() }
        try wire.clientSends(Self.getting)
        try wire.begin(.ok, [.contentLength: "7"])
        wire.channel.write(HTTPResponsePart.body(ByteBuffer(string: "ab")), promise: nil)
        let region = FileRegion(fileHandle: file.handle, readerIndex: 2, endIndex: 5)
        try wire.trigger(ConnectionHandler.SendFile(region: region))
        wire.channel.write(HTTPResponsePart.body(ByteBuffer(string: "yz")), promise: nil)
        try wire.end()

        #expect(try wire.received() == "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nab<file 2..<5>yz")
    }

    @Test("without the handler a file cannot be sent, and the caller hears so")
    func noHandler() throws {
        let channel = EmbeddedChannel()
        let file = try TemporaryFile("0123456789")
        defer { try? file.handle.close() }
        let region = FileRegion(fileHandle: file.handle, readerIndex: 0, endIndex: 5)
        #expect(throws: ChannelError.operationUnsupported) {
            try channel.triggerUserOutboundEvent(ConnectionHandler.SendFile(region: region)).wait()
        }
    }

    // MARK: Bytes that are not HTTP

    /// What Hummingbird answers when the parser fails.
    private func hummingbirdGivesUp(_ wire: Wire) throws {
        try wire.serverAnswers(.badRequest, [.connection: "close", .contentLength: "0"])
    }

    @Test("bytes that are not HTTP are answered with the JSON of every other 400, and the connection closes")
    func parseFailure() throws {
        let wire = try Wire()
        #expect(throws: (any Error).self) { try wire.clientSends("nonsense\r\n\r\n") }
        try hummingbirdGivesUp(wire)

        let answer = try Answer(try wire.received())
        #expect(answer.statusLine == "HTTP/1.1 400 Bad Request")
        #expect(answer.headers["connection"] == "close")
        #expect(answer.headers["content-type"] == "application/json; charset=utf-8")
        #expect(answer.headers["content-length"] == String(answer.body.utf8.count))
        let error = try JSONValue(parsing: answer.body.utf8)
        #expect(error["statusCode"] == .integer(400))
        #expect(error["requestId"]?.text == answer.headers["x-request-id"])
    }

    @Test("an answer under way when a later request turns out not to be HTTP is left as it is")
    func pipelinedParseFailure() throws {
        let wire = try Wire()
        #expect(throws: (any Error).self) { try wire.clientSends(Self.getting + "nonsense\r\n\r\n") }
        try wire.serverAnswers(.ok, [.requestID: "1", .contentLength: "4"], body: "fine")

        let answer = try Answer(try wire.received())
        #expect(answer.statusLine == "HTTP/1.1 200 OK")
        #expect(answer.headers["content-length"] == "4")
        #expect(answer.body == "fine")
    }

    @Test("a refusal given before the body turned out to be broken is left as it is")
    func refusedThenBroken() throws {
        let wire = try Wire()
        let head = "POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        #expect(throws: (any Error).self) { try wire.clientSends(head + "zz\r\nnot a chunk\r\n") }
        try wire.serverAnswers(.unauthorized, [.requestID: "1", .contentLength: "2"], body: "no")

        let answer = try Answer(try wire.received())
        #expect(answer.statusLine == "HTTP/1.1 401 Unauthorized")
        #expect(answer.headers["content-length"] == "2")
        #expect(answer.body == "no")
    }
}

private struct TemporaryFile {
    let handle: NIOFileHandle

    init(_ content: String) throws {
        let path = "/tmp/placet-routing-\(UUID().uuidString)"
        try Data(content.utf8).write(to: URL(filePath: path))
        handle = try NIOFileHandle(_deprecatedPath: path)
        try FileManager.default.removeItem(atPath: path)
    }
}
