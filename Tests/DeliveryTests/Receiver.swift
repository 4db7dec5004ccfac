import HTTP
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore

/// A webhook on loopback.
struct Receiver: Sendable {
    let port: Int
    /// The bodies in the order of their coming, with their `webhook-id`.
    let bodies: AsyncStream<(id: String, json: JSONValue)>

    /// Listens while `body` runs.
    ///
    /// - Parameters:
    ///   - answer: the status for the attempt of that number, from 1; may take its time.
    ///   - headers: of every answer.
    static func run(
        _ answer: @escaping @Sendable (_ attempt: Int) async throws -> HTTPResponse.Status,
        headers: HTTPFields = [:],
        _ body: @escaping @Sendable (Receiver) async throws -> Void
    ) async throws {
        let (bodies, came) = AsyncStream.makeStream(of: (id: String, json: JSONValue).self)
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let count = Counter()
        let router = Router()
        router.post("hook") { request, _ in
            let buffer = try await request.body.collect(upTo: 1 << 20)
            let id = request.headers[.init("webhook-id")!] ?? ""
            came.yield((id, try JSONValue(parsing: buffer.readableBytesView)))
            return Response(status: try await answer(await count.next()), headers: headers)
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await body(Receiver(port: port, bodies: bodies))
                break
            }
            group.cancelAll()
        }
    }
}

private actor Counter {
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}

/// A webhook on loopback, while `body` runs; takes everything unless `answer` says otherwise.
func withReceiver(
    answering answer: @escaping @Sendable () async -> HTTPResponse.Status = { .ok },
    _ body: (_ url: String, _ bodies: AsyncStream<JSONValue>) async throws -> Void
) async throws {
    let (bodies, came) = AsyncStream.makeStream(of: JSONValue.self)
    let (ports, bound) = AsyncStream.makeStream(of: Int.self)
    let router = Router()
    router.post("hook") { request, _ in
        came.yield(try JSONValue(parsing: try await request.body.collect(upTo: 1 << 20).readableBytesView))
        return await answer()
    }
    let application = Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { bound.yield($0.localAddress?.port ?? 0) },
        logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() }
    )
    try await withThrowingTaskGroup { group in
        group.addTask { try await application.run() }
        for await port in ports {
            try await body("http://127.0.0.1:\(port)/hook", bodies)
            break
        }
        group.cancelAll()
    }
}
