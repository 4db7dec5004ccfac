import Glibc
import Logging
import NIOCore

/// Stops accepting connections for a moment when the system has no descriptor or memory for one more.
///
/// NIO would be told again at once that somebody waits, and try in a loop. Who waits is accepted as soon as another
/// connection ends.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(200)
    /// How often the log says so while it lasts.
    private static let logged = TimeAmount.seconds(10)

    private let logger: Logger
    private var nextLine = NIODeadline.uptimeNanoseconds(0)

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        let now = NIODeadline.now()
        if now >= nextLine {
            nextLine = now + Self.logged
            let cause = "\(String(cString: strerror(error.errnoCode))) (\(error.errnoCode))"
            logger.error("connections cannot be accepted", metadata: ["cause": "\(cause)"])
        }
        let channel = context.channel
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.pause) {
            // The channel may have been closed meanwhile, as the server stopped.
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}

extension EventLoopChannel {
    /// Keeps a listening socket from being tried in a loop when descriptors run out.
    package static func guardAccepting(_ listening: any Channel, logger: Logger) async throws {
        try await listening.eventLoop.submit {
            try listening.pipeline.syncOperations.addHandler(AcceptPause(logger: logger), position: .first)
        }
        .get()
    }
}
