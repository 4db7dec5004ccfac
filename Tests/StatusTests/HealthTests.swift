import API
import App
import Dispatch
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@testable import Status

@Suite("Health")
struct HealthTests {
    @Test("health is open and says what it looked at")
    func health() async throws {
        try await withServer { server in
            let answer = try await server.send(.get, "/health")
            #expect(answer.status == 200)
            #expect(answer.json.names == ["status", "timestamp", "version", "checks"])
            #expect(answer.json["status"] == .string("ok"))
            #expect(answer.json["checks"] == .object(["index": .string("ok"), "storage": .string("ok")]))
            #expect(answer.json["timestamp"]?.text?.hasSuffix("Z") == true)
            #expect(answer.json["version"]?.text?.isEmpty == false)
            #expect(try await server.census() == Census())
        }
    }

    @Test("while a long write holds up the check, the last report answers", .timeLimit(.minutes(1)))
    func writerIsBusy() async throws {
        try await withServer { server in
            let health = Health(store: server.assembly.store, version: "1", freshness: .zero)
            let first = await health.report()
            let (entered, release) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
            async let long: Void = server.assembly.index.write { _ in
                entered.continuation.yield()
                release.wait()
            }
            for await _ in entered.stream { break }
            // Without the last report, this would wait for the write, which is released after it.
            #expect(await health.report().timestamp == first.timestamp)
            release.signal()
            try await long
        }
    }
}
