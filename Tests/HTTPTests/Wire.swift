import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import HTTP

/// A connection without a socket: the pipeline of the server from its codec up, a client's bytes in, the server's out.
final class Wire {
    let channel = EmbeddedChannel()
    private let closing = ClosingRecorder()

    init(
        limits: ConnectionLimits? = nil,
        slowest: BodyPace.Limit? = nil,
        idleTimeout: Duration? = nil,
        ready: ReadyRoutes? = nil
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(closing)
        try EventLoopChannel.addHandlers(
            to: pipeline,
            limits: limits,
            slowest: slowest,
            idleTimeout: idleTimeout,
            ready: ready,
            logger: .silent
        )
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    /// What was closed so far, in order.
    var closed: [CloseMode] { closing.modes }

    func clientSends(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    func clientCloses() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// The parts of requests that reached the server, as words: `GET /`, `5 bytes`, `end`.
    func arrived() throws -> [String] {
        var parts: [String] = []
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            switch part {
            case .head(let head): parts.append("\(head.method) \(head.path ?? "")")
            case .body(let bytes): parts.append("\(bytes.readableBytes) bytes")
            case .end: parts.append("end")
            }
        }
        return parts
    }

    func serverAnswers(_ status: HTTPResponse.Status, _ headers: HTTPFields = [:], body: String? = nil) throws {
        try begin(status, headers)
        if let body { channel.write(HTTPResponsePart.body(ByteBuffer(string: body)), promise: nil) }
        try end()
    }

    func begin(_ status: HTTPResponse.Status, _ headers: HTTPFields = [:]) throws {
        channel.write(HTTPResponsePart.head(HTTPResponse(status: status, headerFields: headers)), promise: nil)
    }

    func end() throws {
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
    }

    func trigger(_ event: some Sendable) throws {
        try channel.triggerUserOutboundEvent(event).wait()
    }

    /// Everything the client was sent since the last look; a part of a file stands as `<file 2..<5>`.
    func received() throws -> String {
        var text = ""
        while let data = try channel.readOutbound(as: IOData.self) {
            switch data {
            case .byteBuffer(let buffer): text += String(buffer: buffer)
            case .fileRegion(let region): text += "<file \(region.readerIndex)..<\(region.endIndex)>"
            }
        }
        return text
    }
}

/// An answer taken apart, header names in lower case.
struct Answer {
    let statusLine: String
    let headers: [String: String]
    let body: String

    init(_ text: String) throws {
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        statusLine = String(lines[0])
        headers = Dictionary(
            lines.dropFirst().map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                return (line[..<colon].lowercased(), String(line[colon...].dropFirst(2)))
            },
            uniquingKeysWith: { $0 + ", " + $1 }
        )
        body = String(text[end.upperBound...])
    }
}

/// Notes how the connection is closed, and lets only a full close through: the embedded channel knows no half-close.
private final class ClosingRecorder: ChannelOutboundHandler {
    typealias OutboundIn = Any
    private(set) var modes: [CloseMode] = []

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        modes.append(mode)
        if mode == .all {
            context.close(mode: mode, promise: promise)
        } else {
            promise?.succeed()
        }
    }
}

extension Logger {
    static var silent: Logger {
        var logger = Logger(label: "tests")
        logger.logLevel = .critical
        return logger
    }
}
