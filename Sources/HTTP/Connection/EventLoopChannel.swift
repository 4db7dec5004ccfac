import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Hummingbird's HTTP/1 channel, with the tasks of each connection running on the event loop that serves its socket.
///
/// A request then crosses no thread between the socket and its handler. On two cores this gives about twice the
/// requests per second of the default pool (docs/performance.md). The price is that handlers must not block. Files,
/// hashing and type detection go to the thread pool; the index reads on the calling thread, in some 20 µs.
package struct EventLoopChannel: ServerChildChannel {
    /// How many parts of requests are read ahead of whoever takes them. Those of a body have up to 64 KiB. A request
    /// without one has two: to stop reading for it and start again would be two system calls more.
    private static let ahead = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(
        lowWatermark: 2,
        highWatermark: 3
    )

    private let http1: HTTP1Channel
    private let idleTimeout: Duration
    private let limits: ConnectionLimits?
    private let traffic: Traffic?
    private let ready: ReadyRoutes?
    private let bytesPerSecond: Int?
    private let logger: Logger

    /// - Parameters:
    ///   - limits: nil where the number of connections has no limit, as on the control socket.
    ///   - traffic: nil where it is not counted.
    ///   - ready: answers that need no task; nil where there are none.
    ///   - bytesPerSecond: the least of a body that has to come while the server waits for it, after `idleTimeout`; nil
    ///     for no such limit.
    package init(
        responder: @escaping HTTPChannelHandler.Responder,
        idleTimeout: Duration,
        limits: ConnectionLimits?,
        traffic: Traffic?,
        ready: ReadyRoutes?,
        bytesPerSecond: Int?,
        logger: Logger
    ) {
        http1 = HTTP1Channel(responder: responder)
        self.idleTimeout = idleTimeout
        self.limits = limits
        self.traffic = traffic
        self.ready = ready
        self.bytesPerSecond = bytesPerSecond
        self.logger = logger
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        // A client that takes none of its answer for so long is gone, or might as well be. The idle timeout covers
        // requests only. Unix sockets do not have this option and do not need it.
        let unacknowledged = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
        let milliseconds = SocketOptionValue(idleTimeout.components.seconds * 1000)
        try? channel.syncOptions?.setOption(unacknowledged, value: milliseconds)
        // A file of 64 KiB and its head are one write, and nobody need be told that the buffer was full meanwhile.
        let watermark = ChannelOptions.Types.WriteBufferWaterMark(low: 32_768, high: 81_920)
        try? channel.syncOptions?.setOption(.writeBufferWaterMark, value: watermark)
        // A connection keeps as many buffers as it may read messages at a time, of 64 KiB each after an upload.
        try? channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        // The first is kept for as long as the connection lives. Most requests fit in; for others it grows.
        let buffers = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 1024, maximum: 65_536)
        try? channel.syncOptions?.setOption(.recvAllocator, value: buffers)
        return channel.eventLoop.makeCompletedFuture {
            let slowest = bytesPerSecond.map { BodyPace.Limit(bytesPerSecond: $0, patience: idleTimeout) }
            try Self.addHandlers(
                to: channel.pipeline.syncOperations,
                limits: limits,
                traffic: traffic,
                slowest: slowest,
                idleTimeout: idleTimeout,
                ready: ready,
                logger: self.logger
            )
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(backPressureStrategy: Self.ahead, isOutboundHalfClosureEnabled: true)
            )
        }
    }

    /// What stands between the bytes and Hummingbird. Its own `HTTP1Channel` has no place for a handler below the
    /// codec, nor for a parser that goes on after an upgrade was offered.
    static func addHandlers(
        to pipeline: ChannelPipeline.SynchronousOperations,
        limits: ConnectionLimits? = nil,
        traffic: Traffic? = nil,
        slowest: BodyPace.Limit? = nil,
        idleTimeout: Duration? = nil,
        ready: ReadyRoutes? = nil,
        logger: Logger
    ) throws {
        let decoder = RequestDecoder()
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(
            ConnectionHandler(decoder: decoder, limits: limits, traffic: traffic, slowest: slowest, logger: logger)
        )
        if let idleTimeout { try pipeline.addHandler(IdleHandler(timeout: idleTimeout)) }
        if let ready { try pipeline.addHandler(ReadyHandler(ready, traffic: traffic)) }
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
    }

    package func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await http1.handle(value: value, logger: logger)
        }
    }
}

/// Runs jobs of Swift concurrency on an event loop.
private final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
