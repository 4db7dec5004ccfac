import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Does for each plain HTTP/1 connection what Hummingbird leaves to us: `100 Continue`, HTTP/1.0, sendfile, and an end
/// to requests that are refused before they are read.
///
/// It sits directly above NIO's parser and encoder, where the version of a request is still known. ``Exchange``
/// decides; this class does the I/O.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    struct AcceptBody: Sendable {}
    struct SendFile: Sendable { let region: FileRegion }
    struct OnHangUp: Sendable { let act: @Sendable () -> Void }

    /// How long a refused client may keep sending before it has read the answer. If we closed at once, the kernel would
    /// reset the connection and the client would lose the answer (RFC 9112 section 9.6).
    private static let lingering = TimeAmount.seconds(30)

    /// How long a connection above the limit may take to send the request that is then refused.
    private static let refusal = TimeAmount.seconds(5)

    private var exchange = Exchange()
    private var isLingering = false
    /// What Hummingbird's answer to bytes that are no request, an empty 400, becomes on its way out.
    private var refusal: APIError?
    /// Nothing that arrives is taken any more.
    private var isDeaf = false
    /// The head just written has a body that follows at once. Both leave together, which saves a system call and a
    /// packet.
    private var holdsHead = false
    private var deadline: Scheduled<Void>?
    private var inputHasEnded = false
    private var hasHungUp = false
    private var onHangUp: (@Sendable () -> Void)?

    private let decoder: RequestDecoder
    private let limits: ConnectionLimits?
    private let traffic: Traffic?
    private let slowest: BodyPace.Limit?
    /// Nil unless a body is arriving.
    private var pace: BodyPace?
    private var paceCheck: Scheduled<Void>?
    private var admission: (address: String, verdict: ConnectionLimits.Verdict)?
    private let logger: Logger

    /// - Parameter slowest: how slow a body may be; nil for as slow as it likes.
    init(
        decoder: RequestDecoder,
        limits: ConnectionLimits? = nil,
        traffic: Traffic? = nil,
        slowest: BodyPace.Limit? = nil,
        logger: Logger
    ) {
        self.decoder = decoder
        self.limits = limits
        self.traffic = traffic
        self.slowest = slowest
        self.logger = logger
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        paceCheck?.cancel()
    }

    // MARK: Admission

    func channelActive(context: ChannelHandlerContext) {
        traffic?.openConnections.increment()
        if let limits {
            let channel = context.channel
            let address = Connection(channel: channel).client.addressGroup
            admission = (address, limits.open(from: address) { channel.close(promise: nil) })
        }
        context.fireChannelActive()
        switch admission?.verdict {
        case .refused: close(in: Self.refusal, context: context)
        case .admitted, nil: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        traffic?.openConnections.decrement()
        if let admission { limits?.close(from: admission.address, admission.verdict) }
        admission = nil
        clientHungUp()
        context.fireChannelInactive()
    }

    private var refusesAll: APIError? {
        if case .refused(let error, _) = admission?.verdict { error } else { nil }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering, !isDeaf else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            readHead(head, context: context)
            return
        case .body(let bytes):
            exchange.readBody()
            traffic?.received.increment(by: bytes.readableBytes)
            pace?.receive(bytes.readableBytes, at: .now)
        case .end:
            exchange.readEnd()
            pace = nil
            if endsParser { decoder.requestEndedParser() }
        }
        context.fireChannelRead(data)
    }

    /// Whether NIO's parser stops at the end of the request that is being read.
    private var endsParser = false

    private func readHead(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let meaning = RequestHead(head)
        if let refusal = meaning.refusal ?? (head.uri == ConnectionLimits.healthPath ? nil : refusesAll) {
            refuse(refusal, context: context)
            return
        }
        endsParser = meaning.endsParser
        var manner = meaning.manner
        if refusesAll != nil { manner.keepsAlive = false }
        exchange.readHead(manner)
        pace = slowest.map(BodyPace.init)
        var head = head
        head.uri = head.uri.withPlainPath
        // Hummingbird recognises the wish to close only in this spelling, and knows nothing of HTTP/1.0.
        if !manner.keepsAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Takes no more requests. Hummingbird gives the answer once those before are answered: it knows errors of the
    /// parser, and answers them with an empty 400, of which ``writeHead`` makes `error`.
    private func refuse(_ error: APIError, context: ChannelHandlerContext) {
        isDeaf = true
        refusal = error
        context.fireErrorCaught(HTTPParserError.unknown)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isLingering {
            context.read()
        } else {
            if pace != nil, paceCheck == nil { checkPace(context) }
            context.fireChannelReadComplete()
        }
    }

    func read(context: ChannelHandlerContext) {
        pace?.wait(from: .now)
        context.read()
    }

    /// Gives up a body that keeps the server waiting for too long. Whoever reads it is told, and answers 408.
    private func checkPace(_ context: ChannelHandlerContext) {
        paceCheck = nil
        guard let left = pace?.left(at: .now) else { return }
        guard left <= .zero else {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            paceCheck = context.eventLoop.scheduleTask(in: TimeAmount(left)) {
                let (handler, context) = bound.value
                handler.checkPace(context)
            }
            return
        }
        (pace, isDeaf) = (nil, true)
        logger.info("body too slow")
        context.fireErrorCaught(APIError.bodyTooSlow)
        // Nobody may be reading it.
        close(in: Self.refusal, context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if refusal == nil, let error = error as? HTTPParserError {
            refusal = error == .headerOverflow ? .headTooLarge : .notHTTP
        }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        inputHasEnded = true
        lookForClient(context)
        if isLingering {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Finds out whether a client that ended its sending still listens. A socket tells only whoever sends something: a
    /// client that is gone answers with a reset.
    private func lookForClient(_ context: ChannelHandlerContext) {
        guard inputHasEnded, onHangUp != nil else { return }
        if exchange.takesInterimAnswer {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .processing))),
                promise: nil
            )
        } else if exchange.isAnswering {
            // An event stream, in which there is nothing to send now.
            clientHungUp()
        }
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
        case .head(let head) where head.status.code >= 200:
            writeHead(head, context: context, promise: promise)
        case .end:
            writeEnd(data, context: context, promise: promise)
        case .body(let body):
            traffic?.sent.increment(by: body.readableBytes)
            context.write(data, promise: promise)
        default:
            context.write(data, promise: promise)
        }
    }

    private func writeHead(_ head: HTTPResponseHead, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        var head = head
        let length = head.headers.first(name: "content-length")
        let framing = exchange.beginResponse(hasLength: length != nil || !head.status.mayHaveResponseBody)
        if framing.isOld { head.version = .http1_0 }
        if framing.confirmsKeepAlive { head.headers.replaceOrAdd(name: "connection", value: "keep-alive") }
        if framing.closes || refusal != nil { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        guard let refusal, !head.headers.contains(name: HTTPField.Name.requestID.rawName) else {
            holdsHead = length.map { $0 != "0" } ?? false
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            return
        }
        writeRefusal(refusal, head, context: context, promise: promise)
    }

    /// The bytes never became a request. The answer is JSON like every other error.
    private func writeRefusal(
        _ refusal: APIError,
        _ head: HTTPResponseHead,
        context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?
    ) {
        let id = RequestID().description
        logger.info(
            "not a request",
            metadata: ["hb.request.id": "\(id)", "status": "\(refusal.status.code)", "reason": "\(refusal.message)"]
        )
        let body = refusal.body(path: "/", requestID: id)
        var head = head
        head.status = HTTPResponseStatus(statusCode: refusal.status.code, reasonPhrase: refusal.status.reasonPhrase)
        for field in refusal.headers { head.headers.replaceOrAdd(name: field.name.rawName, value: field.value) }
        head.headers.replaceOrAdd(name: HTTPField.Name.requestID.rawName, value: id)
        head.headers.replaceOrAdd(name: "Content-Type", value: Response.jsonType)
        head.headers.replaceOrAdd(name: "Cache-Control", value: "no-store")
        head.headers.replaceOrAdd(name: "Content-Length", value: String(body.readableBytes))
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    private func writeEnd(_ data: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        onHangUp = nil
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
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
        case let event as OnHangUp:
            onHangUp = event.act
            if hasHungUp { clientHungUp() } else { lookForClient(context) }
            promise?.succeed()
        case let event as SendFile:
            holdsHead = false
            traffic?.sent.increment(by: event.region.readableBytes)
            context.writeAndFlush(wrapOutboundOut(.body(.fileRegion(event.region))), promise: promise)
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    // MARK: Closing

    /// Half-closes once the answer is out, then reads and drops what the client still sends, until the client closes
    /// too.
    private func linger(after written: EventLoopFuture<Void>, context: ChannelHandlerContext) {
        isLingering = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.whenComplete { _ in
            let (handler, context) = bound.value
            // Not before: a slow client may take long for what is still to be sent.
            handler.close(in: Self.lingering, context: context)
            context.close(mode: .output, promise: nil)
            context.read()
        }
    }

    private func close(in time: TimeAmount, context: ChannelHandlerContext) {
        deadline?.cancel()
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: time) { context.value.close(promise: nil) }
    }
}

extension APIError {
    /// 408 (RFC 9110 section 15.5.9).
    fileprivate static let bodyTooSlow = APIError(
        .requestTimeout,
        "The body came too slowly; send it again over a faster connection, or in smaller pieces"
    )
}
