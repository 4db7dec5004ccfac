import App
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@testable import Messages

@Suite("Old messages")
struct RetentionTests {
    private static let later = Timestamp.now() + .seconds(3 * 24 * 60 * 60)

    private static func retention(_ server: TestServer) -> Retention {
        Retention(server.assembly.index, server.log.logger)
    }

    @Test("go when their channel keeps them for some days only, which its user sets; those of other channels stay")
    func round() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            let other = try await server.owner("eve@example.org")
            let (asked, said) = (try await agent.ask(), try await agent.post(#""text":"x""#).json["id"]?.text)
            _ = try await other.post(#""text":"x""#)
            let path = "agents/\(agent.channel)"
            for json in [#"{"retentionDays":0}"#, #"{"retentionDays":36501}"#, #"{"retentionDays":1.5}"#] {
                #expect(try await ada.send(.patch, path, json).faults == ["retentionDays"])
            }
            #expect(try await ada.send(.patch, path, #"{"retentionDays":2}"#).json["retentionDays"] == .integer(2))
            let refused = try await agent.send(
                .patch,
                "/api/v1/\(path)",
                body: ByteBuffer(string: #"{"retentionDays":3}"#)
            )
            #expect(refused.faults == ["retentionDays"])
            let pause = try await Self.retention(server).round(at: Self.later, expected: Self.later)
            #expect(pause == .seconds(3600))
            #expect(try await agent.get("messages/\(asked)").status == 200)
            #expect(try await agent.get("messages/\(try #require(said))").status == 404)
            #expect(try await other.get("messages").json["data"]?.elements.count == 1)
            #expect(server.log.lines.contains { $0.contains("old messages were deleted count=1") })
        }
    }

    @Test("stay for a day when the clock went forward, and the log says so")
    func clock() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            _ = try await agent.post(#""text":"x""#)
            _ = try await ada.send(.patch, "agents/\(agent.channel)", #"{"retentionDays":2}"#)
            let pause = try await Self.retention(server).round(at: Self.later, expected: .now())
            #expect(pause == .seconds(24 * 60 * 60))
            #expect(try await agent.get("messages").json["data"]?.elements.count == 1)
            #expect(server.log.lines.contains { $0.contains("the clock went forward") })
        }
    }
}
