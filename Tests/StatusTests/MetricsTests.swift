import App
import HTTPTypes
import Hummingbird
import Index
import NIOCore
import Status
import Store
import TestSupport
import Testing

@Suite("Metrics")
struct MetricsTests {
    private static let token = "a token of some length".replacing(" ", with: "-")

    private func page(_ server: TestServer) async throws -> [Substring] {
        let answer = try await server.send(.get, "/metrics", [.authorization: "Bearer \(Self.token)"])
        #expect(answer.status == 200)
        return answer.text.split(separator: "\n")
    }

    @Test("what happened and what is stored stands there, under labels that name no one")
    func story() async throws {
        try await withServer(["PLACET_METRICS_TOKEN": Self.token]) { server in
            let (ada, agent) = try await server.pair()
            let file = try await agent.storedID("twice")
            _ = try await agent.storedID("twice")
            _ = try await agent.download(file)
            _ = try await agent.send(.get, "/api/v1/files/nothing")
            _ = try await server.send(.get, "/no/such/\(file)")
            let lines = try await page(server)
            for line in [
                #"placet_http_requests_total{method="GET",route="/api/v1/files/:id/download",status="2xx"} 1"#,
                #"placet_http_requests_total{method="GET",route="/api/v1/files/:id",status="4xx"} 1"#,
                #"placet_http_requests_total{method="GET",route="-",status="4xx"} 1"#,
                #"placet_http_request_duration_seconds_count{method="POST",route="/api/v1/files/store"} 2"#,
                "placet_files 2", "placet_file_bytes 10", "placet_blobs 1", "placet_blob_bytes 5",
                "placet_deduplication_ratio 2", "placet_waiting_units 0", "placet_webhook_deliveries_waiting 0",
            ] { #expect(lines.contains { $0 == line }, "\(line)") }
            for secret in [file, agent.channel, ada.email] { #expect(!lines.contains { $0.contains(secret) }) }
        }
    }

    @Test("methods that nobody knows are one series")
    func unknownMethods() async throws {
        try await withServer(["PLACET_METRICS_TOKEN": Self.token]) { server in
            for method in ["PURGE", "BREW"] { _ = try await server.send(try #require(.init(method)), "/health") }
            let line = #"placet_http_requests_total{method="other",route="-",status="4xx"} 2"#
            #expect(try await page(server).contains { $0 == line })
        }
    }

    @Test("a collection is counted with what it freed")
    func collector() async throws {
        try await withServer(["PLACET_METRICS_TOKEN": Self.token]) { server in
            let owner = try await server.owner()
            let file = try await owner.storedID("some bytes")
            #expect(try await owner.send(.delete, "/api/v1/files/\(file)").status == 200)
            // A file that is deleted counts from the end of its second.
            let plan = CollectionPlan.ID(moment: .now() + .seconds(2), grace: .zero)
            _ = try await server.assembly.store.collectDue(at: plan, startedBy: .run, for: .seconds(60))
            let lines = try await page(server)
            for line in ["runs_total 1", "blobs_total 1", "freed_bytes_total 10", "files_total 0"] {
                #expect(lines.contains { $0 == "placet_collector_\(line)" }, "\(line)")
            }
        }
    }

    @Test("with a token nothing else opens it, and without one nobody who may come from elsewhere")
    func access() async throws {
        try await withServer(["PLACET_METRICS_TOKEN": Self.token]) { server in
            for headers: HTTPFields in [
                [:], [.authorization: "Bearer \(Self.token)x"], [.authorization: Self.token],
                [.cookie: "access_token=\(Self.token)"],
            ] {
                let answer = try await server.send(.get, "/metrics", headers)
                #expect(answer.status == 401)
                #expect(answer.headers[.wwwAuthenticate] != nil)
            }
        }
        try await withServer { server in
            #expect(try await server.send(.get, "/metrics").status == 403)
            let owner = try await server.person("ada@example.org", role: .owner)
            let headers: HTTPFields = [.authorization: "Bearer \(owner.token)"]
            #expect(try await server.send(.get, "/metrics", headers).status == 403)
        }
    }
}
