import App
import HTTP
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import TestSupport

/// What came to a push service or to ntfy.
struct Arrival: Sendable {
    let path: String
    let headers: HTTPFields
    let body: [UInt8]

    var json: JSONValue? { try? JSONValue(parsing: body) }
}

/// A push service and ntfy on loopback, and a server that tells by them, while `body` runs.
///
/// - Parameter answer: the status for a path.
func withNotices(
    _ settings: [String: String] = [:],
    answering answer: @escaping @Sendable (_ path: String) -> HTTPResponse.Status = { _ in .created },
    _ body: (_ server: TestServer, _ url: String, _ arrivals: Arrivals) async throws -> Void
) async throws {
    let (arrivals, came) = AsyncStream.makeStream(of: Arrival.self)
    let (ports, bound) = AsyncStream.makeStream(of: Int.self)
    let router = Router()
    for path in ["", "push/:id"] as [RouterPath] {
        router.post(path) { request, _ in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            came.yield(Arrival(path: request.uri.path, headers: request.headers, body: Array(bytes.readableBytesView)))
            return Response(status: answer(request.uri.path))
        }
    }
    let application = Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { bound.yield($0.localAddress?.port ?? 0) },
        logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() }
    )
    let all = settings.merging(["PLACET_WEBHOOK_ALLOW": "127.0.0.1"]) { given, _ in given }
    try await withServer(all) { server in
        try await withThrowingTaskGroup { group in
            group.addTask { try await application.run() }
            for work in server.assembly.backgroundWork where work.name == "notices" {
                group.addTask { try await work.run() }
            }
            for await port in ports {
                try await body(server, "http://127.0.0.1:\(port)", Arrivals(stream: arrivals))
                break
            }
            group.cancelAll()
        }
    }
}

/// What comes, one after the other.
final class Arrivals {
    private var iterator: AsyncStream<Arrival>.Iterator

    init(stream: AsyncStream<Arrival>) {
        iterator = stream.makeAsyncIterator()
    }

    func next() async -> Arrival? { await iterator.next(isolation: #isolation) }
}
