import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Does for each plain HTTP/1 connection what Hummingbird leaves to us: `100 Continue`, sendfile, and an end to uploads
/// that were refused before they were read.
///
/// It sits between the HTTP codec and Hummingbird's own handlers. ``Exchange`` decides; this class does the I/O.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct AcceptBody: Sendable {}
    struct SendFile: Sendable { let region: FileRegion }
    struct OnHangUp: Sendable { let act: @Sendable () -> Void }

    /// How long a refused client may keep sending before it has read the answer. If we closed at once, the kernel would
    /// reset the connection and the client would lose the answer (RFC 9112 section 9.6).
    private static let lingering = TimeAmount.seconds(30)

    private var exchange = Exchange()
    private var isLingering = false
    private var parseFailed = false
    /// The head just written has a body that follows at once. Both leave together, which saves a system call and a
    /// packet.
    private var holdsHead = false
    private var codec: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var hasHungUp = false
    private var onHangUp: (@Sendable () -> Void)?

    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // File regions are not HTTPResponseParts. They enter the pipeline below the codec, in order with its other
        // parts.
        codec = try? context.pipeline.syncOperations.context(handlerType: HTTP1ToHTTPServerCodec.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        codec = nil
        deadline?.cancel()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            exchange.readHead(expectsContinue: head.headerFields[.expect]?.lowercased() == "100-continue")
            context.fireChannelRead(wrapInboundOut(.head(Self.withPlainClose(head))))
            return
        case .body: exchange.readBody()
        case .end: exchange.readEnd()
        }
        context.fireChannelRead(data)
    }

    /// Hummingbird recognises `Connection: close` only in that spelling. The header is a list, and case does not matter
    /// (RFC 9110 section 7.6.1).
    private static func withPlainClose(_ head: HTTPRequest) -> HTTPRequest {
        let options = head.headerFields[.connection]?.lowercased().split(separator: ",") ?? []
        guard options.contains(where: { $0.filter { $0 != " " } == "close" }) else { return head }
        var head = head
        head.headerFields[.connection] = "close"
        return head
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isLingering {
            context.read()
        } else {
            context.fireChannelReadComplete()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        parseFailed = parseFailed || error is HTTPParserError
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { clientHungUp() }
        if isLingering, case .inputClosed? = event as? ChannelEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        clientHungUp()
        context.fireChannelInactive()
    }

    private func clientHungUp() {
        hasHungUp = true
        onHangUp?()
        onHangUp = nil
    }

    // MARK: Responses

    func flush(context: ChannelHandlerContext) {
        if !holdsHead { context.flush() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        holdsHead = false
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational:
            writeHead(head, context: context, promise: promise)
        case .end:
            writeEnd(data, context: context, promise: promise)
        default:
            context.write(data, promise: promise)
        }
    }

    private func writeHead(_ head: HTTPResponse, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        var head = head
        let mustClose = exchange.beginResponse()
        if mustClose || parseFailed { head.headerFields[.connection] = "close" }
        guard parseFailed, head.headerFields[.requestID] == nil else {
            holdsHead = head.headerFields[.contentLength].map { $0 != "0" } ?? false
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            return
        }
        // The bytes never became a request. Hummingbird answers an empty 400; ours is JSON like every other error.
        let id = RequestID().description
        logger.info("not a request", metadata: ["hb.request.id": "\(id)"])
        let body = APIError.notHTTP.body(path: "/", requestID: id)
        head.headerFields[.requestID] = id
        head.headerFields[.contentType] = Response.jsonType
        head.headerFields[.contentLength] = String(body.readableBytes)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
    }

    private func writeEnd(_ data: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard exchange.endResponse() else {
            context.write(data, promise: promise)
            return
        }
        let written = promise ?? context.eventLoop.makePromise()
        context.write(data, promise: written)
        linger(after: written.futureResult, context: context)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        switch event {
        case is AcceptBody:
            guard exchange.acceptBody() else {
                promise?.succeed()
                return
            }
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: promise)
        case let event as OnHangUp:
            onHangUp = event.act
            if hasHungUp { clientHungUp() }
            promise?.succeed()
        case let event as SendFile:
            guard let codec else {
                promise?.fail(ChannelError.operationUnsupported)
                return
            }
            holdsHead = false
            let part = HTTPServerResponsePart.body(.fileRegion(event.region))
            codec.writeAndFlush(NIOAny(part), promise: promise)
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    // MARK: Closing

    /// Half-closes once the answer is out, then reads and drops what the client still sends, until the client closes
    /// too.
    private func linger(after written: EventLoopFuture<Void>, context: ChannelHandlerContext) {
        isLingering = true
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.whenComplete { _ in
            context.value.close(mode: .output, promise: nil)
            context.value.read()
        }
        deadline = written.eventLoop.scheduleTask(in: Self.lingering) { context.value.close(promise: nil) }
    }
}
