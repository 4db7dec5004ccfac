import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Hummingbird's HTTP/1 channel, with each connection's tasks running on the event loop that serves its socket.
///
/// A request then crosses no thread between the socket and its handler: about three times the requests per second of the
/// default pool on two cores (docs/performance.md). The price: handlers must not block. Files, hashing and type detection
/// go to the thread pool; the index reads on the calling thread, in some 20 µs.
package struct EventLoopChannel: ServerChildChannel {
    private let http1: HTTP1Channel

    package init(responder: @escaping HTTPChannelHandler.Responder, idleTimeout: Duration, logger: Logger) {
        http1 = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [ConnectionHandler(logger: logger)],
                idleTimeout: TimeAmount(idleTimeout)
            )
        )
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http1.setup(channel: channel, logger: logger)
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
