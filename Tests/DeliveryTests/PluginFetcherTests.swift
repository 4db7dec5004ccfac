import API
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import Testing

@testable import Delivery

@Suite("Requests of plugins' pages")
struct PluginFetcherTests {
    /// What a stranger's server is asked, and answers by the path.
    private func withStranger(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.put("echo") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let given =
                request.headers.map { "\($0.name.canonicalName)=\($0.value)" }.sorted().joined(separator: "\n")
                + "\nuri=\(request.uri.string)"
            var headers = HTTPFields([.init(name: .setCookie, value: "a=b"), .init(name: .contentType, value: "x/y")])
            headers.append(.init(name: .vary, value: "one"))
            headers.append(.init(name: .vary, value: "two"))
            var text = ByteBuffer(string: given + "\n\n")
            text.writeImmutableBuffer(body)
            return Response(status: .init(code: 418), headers: headers, body: .init(byteBuffer: text))
        }
        router.get("away") { _, _ in Response(status: .found, headers: [.location: "http://10.0.0.1/"]) }
        router.get("large") { _, _ in
            Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 0, count: Limits.fetchAnswer + 1)))
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "stranger") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await body("http://localhost:\(port)")
                break
            }
            group.cancelAll()
        }
    }

    private func draft(_ json: String) throws -> FetchDraft {
        try #require(try JSONFields.read(JSONValue(text: json)) { FetchDraft(&$0) })
    }

    private let fetcher = PluginFetcher(allowed: AllowedTargets("localhost")!)

    @Test("what is given goes out, with secrets in the place of their marks in headers; cookies do not come back")
    func exchanged() async throws {
        try await withStranger { [self] url in
            let json = #"""
                {"url":"\#(url)/echo?q={{TOKEN}}","method":"PUT","body":"e3tUT0tFTn19",
                "headers":{"Authorization":"Bearer {{TOKEN}}","content-type":"text/x-mine","Host":"evil","x-a":"{{B}}"}}
                """#
            let sent = try draft(json).replacing(["TOKEN": "hush"])
            let fetched = try JSONValue(parsing: JSONText.bytes(of: try await fetcher.fetch(sent)))
            #expect(fetched["status"] == .integer(418))
            let headers = fetched["headers"]
            #expect(headers?["content-type"] == .string("x/y") && headers?["vary"] == .string("one, two"))
            #expect(headers?["set-cookie"] == nil)
            let text = try #require(fetched["body"]?.text.flatMap { Data(base64Encoded: $0) })
            let parts = String(decoding: text, as: UTF8.self).split(separator: "\n\n")
            let lines = parts[0].split(separator: "\n")
            #expect(lines.contains("authorization=Bearer hush") && lines.contains("content-type=text/x-mine"))
            #expect(lines.contains("x-a={{B}}") && lines.contains("user-agent=placet"))
            #expect(!parts[0].contains("evil") && !parts[0].contains("cookie"))
            #expect(lines.contains("uri=/echo?q=%7B%7BTOKEN%7D%7D"))
            #expect(parts[1] == "{{TOKEN}}")
        }
    }

    @Test("a redirect is the answer; one that is too large, or does not come, is 502; a place inside is 403")
    func refused() async throws {
        try await withStranger { [self] url in
            let away = try await fetcher.fetch(draft(#"{"url":"\#(url)/away"}"#))
            #expect(away.status == 302 && away.headers["location"] == "http://10.0.0.1/")
            func status(_ url: String, _ fetcher: PluginFetcher) async throws -> Int? {
                do {
                    _ = try await fetcher.fetch(draft(#"{"url":"\#(url)"}"#))
                    return nil
                } catch let error as APIError {
                    return error.status.code
                }
            }
            #expect(try await status("\(url)/large", fetcher) == 502)
            #expect(try await status("http://localhost:9/", fetcher) == 502)
            #expect(try await status("\(url)/away", PluginFetcher(allowed: AllowedTargets("")!)) == 403)
        }
    }
}
