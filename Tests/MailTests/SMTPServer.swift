import NIOCore
import NIOPosix
import Synchronization

/// A mail server on loopback: it answers each command by what it was told, and keeps all that it heard.
final class SMTPServer: Sendable {
    /// Answers, by the first word of a command; "." is the end of a mail.
    typealias Answers = [String: String]

    let port: Int
    private let channel: any Channel
    private let heard: Mutex<[String]>

    private init(_ channel: any Channel, _ heard: consuming Mutex<[String]>) {
        self.channel = channel
        self.heard = heard
        port = channel.localAddress!.port!
    }

    var lines: [String] { heard.withLock { $0 } }

    /// - Parameter onLine: called when a line has come, before it is answered.
    static func with<Value>(
        _ answers: Answers = [:],
        onLine: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (SMTPServer) async throws -> Value
    ) async throws -> Value {
        let box = Box()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let session = Session(answers: answers) { line in
                        box.server.withLock { $0 }?.heard.withLock { $0.append(line) }
                        onLine(line)
                    }
                    try child.pipeline.syncOperations.addHandler(ByteToMessageHandler(Lines()))
                    try child.pipeline.syncOperations.addHandler(session)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = SMTPServer(channel, Mutex([]))
        box.server.withLock { $0 = server }
        do {
            let value = try await body(server)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private final class Box: Sendable {
        let server = Mutex<SMTPServer?>(nil)
    }
}

private struct Lines: ByteToMessageDecoder {
    typealias InboundOut = String

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let end = buffer.readableBytesView.firstIndex(of: 0x0A) else { return .needMoreData }
        let line = buffer.readString(length: end - buffer.readerIndex + 1)!
        context.fireChannelRead(wrapInboundOut(String(line.unicodeScalars.dropLast(2))))
        return .continue
    }
}

private final class Session: ChannelInboundHandler {
    typealias InboundIn = String
    typealias OutboundOut = ByteBuffer

    private let answers: SMTPServer.Answers
    private let onLine: (String) -> Void
    private var isInMail = false

    init(answers: SMTPServer.Answers, onLine: @escaping (String) -> Void) {
        self.answers = answers
        self.onLine = onLine
    }

    func channelActive(context: ChannelHandlerContext) { answer("", "220 ready", context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let line = unwrapInboundIn(data)
        onLine(line)
        guard !isInMail || line == "." else { return }
        isInMail = line == "DATA" && answers["DATA"] == nil
        switch line.prefix(4) {
        case "EHLO": answer("EHLO", "250-mail.example\r\n250 AUTH PLAIN", context)
        case "AUTH": answer("AUTH", "334 ", context)
        // "\0ana\0…" in base 64: the answer to that.
        case "AGFu": answer("AGFu", "235 welcome", context)
        case "DATA": answer("DATA", "354 go on", context)
        case "QUIT": answer("QUIT", "221 bye", context)
        default: answer(line == "." ? "." : String(line.prefix(4)), "250 ok", context)
        }
    }

    /// Nothing is answered by an empty text.
    private func answer(_ command: String, _ usual: String, _ context: ChannelHandlerContext) {
        let text = answers[command] ?? usual
        if !text.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil) }
    }
}
