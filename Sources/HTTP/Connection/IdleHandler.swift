import NIOCore
import NIOHTTP1

/// Closes a connection on which nothing happens: no request is being answered, and for a time no part of one came. When
/// the server stops, it closes the connection once what is asked is answered.
final class IdleHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let timeout: TimeAmount
    private var timer: Scheduled<Void>?
    private var lastPart = NIODeadline.distantPast
    /// How many requests are not answered in full, and whether the last of them is still arriving.
    private var unanswered = 0
    private var isArriving = false
    private var isStopping = false

    init(timeout: Duration) {
        self.timeout = TimeAmount(timeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastPart = context.eventLoop.now
        look(in: timeout, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            isArriving = true
        case .body: break
        case .end: isArriving = false
        }
        lastPart = context.eventLoop.now
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        unanswered -= 1
        lastPart = context.eventLoop.now
        guard isStopping, unanswered <= 0 else { return context.write(data, promise: promise) }
        let written = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        // What is still in our buffers would be lost if we closed at once.
        written.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        context.writeAndFlush(data, promise: written)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        if unanswered <= 0 { context.close(promise: nil) }
    }

    private func look(in time: TimeAmount, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        timer = nil
        guard context.channel.isActive else { return }
        let left = lastPart + timeout - context.eventLoop.now
        // Who waits for an answer is not idle, however long that takes.
        let waits = unanswered > 0 && !isArriving
        if left > .zero || waits {
            look(in: waits ? timeout : left, context)
        } else {
            context.close(promise: nil)
        }
    }
}
