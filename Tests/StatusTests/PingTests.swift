import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("What an agent says it is doing")
struct PingTests {
    private func ping(_ owner: Owner, _ members: String) async throws -> HTTPReply {
        try await owner.send(json: #"{"agentId":"\#(owner.channel)",\#(members)}"#, to: "/api/v1/status/ping")
    }

    @Test("statusSince moves only when the status changes, and what was said stays in the history")
    func ping() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let first = try await ping(owner, #""status":"busy","message":"building""#)
            #expect(first.status == 201 && first.json["statusMessage"] == .string("building"))
            let second = try await ping(owner, #""status":"busy","message":"testing""#).json
            #expect(second["statusSince"] == first.json["statusSince"])
            _ = try await ping(owner, #""status":"busy","message":"testing""#)
            let third = try await ping(owner, #""status":"active""#).json
            #expect(third["statusMessage"] == .null && third["lastActiveAt"] != .null)
            let channel = owner.channel
            let history = try await server.assembly.index.read { try $0.statuses(in: $0.owned(channel), limit: 10) }
            #expect(history.map(\.message) == [nil, "testing", "building"])
        }
    }

    @Test("an unknown status, none, and a message over 500 characters are 400")
    func refused() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let long = String(repeating: "ä", count: 501)
            for bad in [
                #""status":"asleep""#, #""message":"a""#, #""status":"busy","message":"\#(long)""#, #""status":3"#,
            ] {
                #expect(try await ping(owner, bad).status == 400, "\(bad)")
            }
        }
    }
}
