import Blobs
import Foundation
import NIOCore
import Prometheus
import Testing

@Suite("Requests to S3 that fail")
struct S3RetryTests {
    @Test("what passes is tried again with the same bytes, and counted")
    func retries() async throws {
        let names = ["placet_s3_requests_total", "placet_s3_retries_total"]
        let registry = Registry(names.map { Family($0, .counter, "") })
        let server = try ScriptedServer { number, _ in
            switch number {
            case 1: .text(refusal("503 Slow Down", "SlowDown"))
            case 2: .last("HTTP/1.1 2")
            case 3: .last("")
            default: .text(httpAnswer("200 OK"))
            }
        }
        defer { server.close() }
        var settings = S3Settings()
        settings.metrics = registry
        let location = try S3Location("s3://bucket?endpoint=http://127.0.0.1:\(server.port)")
        let bytes = sample(1 << 20)
        try await withFile([0] + bytes + [0]) { path in
            try await withBucket(location, settings: settings) { bucket in
                try await bucket.put("a", .file(S3File(path: path), 1..<Int64(bytes.count + 1)))
            }
        }
        #expect(server.requests.map(\.body) == Array(repeating: bytes, count: 4))
        #expect(server.requests.allSatisfy { $0.fields["x-amz-content-sha256"]?.count == 64 })
        #expect(registry.text.contains("placet_s3_retries_total 3"))
        #expect(registry.text.contains(#"placet_s3_requests_total{operation="put",outcome="failed"} 3"#))
        #expect(registry.text.contains(#"placet_s3_requests_total{operation="put",outcome="ok"} 1"#))
    }

    @Test("a service that stays away is given up after four tries, one that refuses after one")
    func givenUp() async throws {
        try await withBucket(script: { _, request in
            .text(refusal(request.line.contains("busy") ? "429 Too Many" : "501 Not Implemented", "NotNow"))
        }) { bucket, server in
            let error = await #expect(throws: S3Error.self) { try await bucket.put("busy", [1]) }
            #expect(error?.isTransient == true)
            #expect(server.requests.count == 4)
            await #expect(throws: S3Error.self) { try await bucket.put("a", [1]) }
            #expect(server.requests.count == 5)
        }
        let nobody = try S3Location("s3://bucket?endpoint=http://127.0.0.1:1")
        try await withBucket(nobody) { bucket in
            let error = await #expect(throws: S3Error.self) { try await bucket.size(of: "a") }
            #expect(error == .unreachable("Connection refused"))
        }
    }

    @Test("a service that is silent is not waited for")
    func silence() async throws {
        try await withBucket(silence: .milliseconds(50), script: { _, _ in .silence("") }) { bucket, _ in
            let error = await #expect(throws: S3Error.self) { try await bucket.put("a", [1]) }
            #expect(error == .unreachable("it did not answer in time"))
        }
    }

    @Test("a task that is cancelled asks no more")
    func cancelled() async throws {
        let (asked, told) = AsyncStream<Void>.makeStream()
        try await withBucket(script: { _, _ in
            told.yield(); return .silence("")
        }) { bucket, server in
            let task = Task { try await bucket.put("a", [1]) }
            for await _ in asked { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            for await _ in server.ends { break }
            #expect(server.requests.count == 1)
        }
    }
}
