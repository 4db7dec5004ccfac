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
    private static let day = Duration.seconds(24 * 60 * 60)
    /// When what was sent now is older than two days.
    private static let later = Timestamp.now() + day * 3

    /// A server looks at the clock every hour of its time, and then a round is made.
    private static func round(_ server: TestServer, afterLooks hours: ClosedRange<Int>, from start: Timestamp)
        async throws
    {
        try await server.assembly.index.write { tx in
            for hour in hours {
                let elapsed = hour == 0 ? Duration.zero : .seconds(3600)
                _ = try tx.noteClockLook(at: start + .seconds(3600 * hour), after: elapsed, grace: day)
            }
        }
        let now = start + .seconds(3600 * hours.upperBound)
        try await Retention(server.assembly.index, server.log.logger).round(at: now)
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
            try await Self.round(server, afterLooks: 0...24, from: Self.later)
            #expect(try await agent.get("messages/\(asked)").status == 200)
            #expect(try await agent.get("messages/\(try #require(said))").status == 404)
            #expect(try await other.get("messages").json["data"]?.elements.count == 1)
            #expect(server.log.lines.contains { $0.contains("old messages were deleted count=1") })
        }
    }

    /// A server with one message, which its channel keeps for two days.
    private func withMessage(_ body: (TestServer, _ count: () async throws -> Int?) async throws -> Void) async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            _ = try await agent.post(#""text":"x""#)
            _ = try await ada.send(.patch, "agents/\(agent.channel)", #"{"retentionDays":2}"#)
            try await body(server) { try await agent.get("messages").json["data"]?.elements.count }
        }
    }

    @Test("stay until a server has run for a day since they were too old")
    func day() async throws {
        try await withMessage { server, count in
            try await Self.round(server, afterLooks: 0...23, from: Self.later)
            #expect(try await count() == 1)
            try await Self.round(server, afterLooks: 24...24, from: Self.later)
            #expect(try await count() == 0)
        }
    }

    @Test("stay for a day when the clock is a year ahead, from the start on too")
    func ahead() async throws {
        try await withMessage { server, count in
            let wrong = Timestamp.now() + Self.day * 365
            try await Self.round(server, afterLooks: 0...30, from: .now())
            try await Self.round(server, afterLooks: 31...54, from: wrong)
            #expect(try await count() == 1)
            // Nobody set it right, and the server has run for a day.
            try await Self.round(server, afterLooks: 55...55, from: wrong)
            #expect(try await count() == 0)
        }
    }

    @Test("stay when the clock shows less than at the last look, and for a day after it was set back")
    func back() async throws {
        try await withMessage { server, count in
            let wrong = Timestamp.now() + Self.day * 365
            try await Self.round(server, afterLooks: 0...23, from: wrong)
            try await server.assembly.index.write { tx in
                _ = try tx.noteClockLook(at: wrong + Self.day, after: .seconds(3600), grace: Self.day)
            }
            try await Retention(server.assembly.index, server.log.logger).round(at: .now())
            #expect(try await count() == 1)
            try await Self.round(server, afterLooks: 1...24, from: Self.later)
            #expect(try await count() == 1)
            try await Self.round(server, afterLooks: 25...25, from: Self.later)
            #expect(try await count() == 0)
        }
    }
}
