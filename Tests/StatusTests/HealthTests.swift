import App
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

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
}
