import CoreMetrics
import Glibc
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Gives ready answers on the event loop, without a task, and lets all other requests pass to Hummingbird.
///
/// It stands above ``ConnectionHandler`` and ``IdleHandler``, whose rules so hold for both ways. Answers keep the order
/// of their requests: nothing is answered here while Hummingbird still has a request, and nothing is read on while a
/// file is being sent.
final class ReadyHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let routes: ReadyRoutes
    private let commonFields: [(String, String)]
    private let traffic: Traffic?
    private var peer = ReadyRoutes.Peer(nil)
    private var date = DateText()
    /// How many requests Hummingbird has that are not answered in full.
    private var passedOn = 0
    /// The answer to the request that is being read: only its end is still to come.
    private var found: ReadyRoutes.Found?
    /// Whether an answer that may take long was given since the last pause. What a client sends at once beside it takes the
    /// ordinary way, where the requests of others come between.
    private var hadLong = false
    private var isSending = false
    /// What arrived meanwhile.
    private var held: [HTTPServerRequestPart] = []
    private var holdsRead = false

    init(_ routes: ReadyRoutes, traffic: Traffic?) {
        (self.routes, self.traffic) = (routes, traffic)
        commonFields = routes.commonFields
    }

    func handlerAdded(context: ChannelHandlerContext) {
        peer = ReadyRoutes.Peer(IPAddress(peerOf: context.channel))
    }

    func channelActive(context: ChannelHandlerContext) {
        peer = ReadyRoutes.Peer(IPAddress(peerOf: context.channel))
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if isSending { held.append(part) } else { take(part, context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        hadLong = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if isSending { holdsRead = true } else { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { passedOn -= 1 }
        context.write(data, promise: promise)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            // One who does not take what he is sent waits, as everybody does on the ordinary way.
            found =
                passedOn == 0 && context.channel.isWritable
                ? routes.find(head, from: peer, onlyShort: hadLong) : nil
            if let found {
                hadLong = hadLong || found.isLong
                return
            }
            passedOn += 1
        case .end:
            if let found = found.take() { return send(found, context) }
        case .body: break
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    private func send(_ found: consuming ReadyRoutes.Found, _ context: ChannelHandlerContext) {
        // Not when it has been sent: a slow client makes no slow answer.
        routes.log.begin(&found.line)
        traffic?.readyAnswers.increment()
        var fields = found.answer.head.fields
        fields.add(name: "x-request-id", value: found.requestID)
        fields.add(name: "Date", value: date.now)
        fields.add(contentsOf: commonFields)
        let status = found.answer.head.status
        let code = HTTPResponseStatus(statusCode: status.code, reasonPhrase: status.reasonPhrase)
        let head = HTTPResponseHead(version: .http1_1, status: code, headers: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        switch found.answer.body {
        case .none: break
        case .bytes(let bytes): context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        case .file(let region, _): return send(region, of: found, context)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        routes.log.end(found.line, bytes: found.answer.body.byteCount)
    }

    private func send(_ region: FileRegion, of found: ReadyRoutes.Found, _ context: ChannelHandlerContext) {
        isSending = true
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        sent.futureResult.whenComplete { result in
            let (handler, context) = bound.value
            handler.hasSent(found, result, context)
        }
        context.triggerUserOutboundEvent(ConnectionHandler.SendFile(region: region), promise: sent)
    }

    private func hasSent(
        _ found: ReadyRoutes.Found,
        _ result: Result<Void, any Error>,
        _ context: ChannelHandlerContext
    ) {
        switch result {
        case .success:
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            routes.log.end(found.line, bytes: found.answer.body.byteCount)
        case .failure(let error):
            routes.log.cutOff(found.line, error)
            context.close(promise: nil)
        }
        isSending = false
        goOn(context)
    }

    /// Takes what arrived while a file was sent.
    private func goOn(_ context: ChannelHandlerContext) {
        var waiting = held[...]
        held = []
        let hadParts = !waiting.isEmpty
        while !isSending, let part = waiting.popFirst() { take(part, context) }
        held = waiting + held
        if hadParts { context.fireChannelReadComplete() }
        if !isSending, holdsRead {
            holdsRead = false
            context.read()
        }
    }
}

/// The time as `Date` says it, written once a second.
private struct DateText {
    private var second = -1
    private var text = ""

    var now: String {
        mutating get {
            let second = time(nil)
            if second != self.second { (self.second, text) = (second, HTTPDate(seconds: second).text) }
            return text
        }
    }
}
