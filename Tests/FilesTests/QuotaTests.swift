import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Uploads and quotas")
struct QuotaTests {
    private static func file(_ count: Int) -> Form.Part { .file([UInt8](repeating: 1, count: count), "x.bin") }

    @Test("every way to store a file is refused with 507 and figures once the quota is used up, and stores nothing")
    func allWays() async throws {
        try await withServer(["PLACET_QUOTA_USER_BYTES": "1000"]) { server in
            let (person, owner) = try await server.pair()
            _ = try await owner.store([UInt8](repeating: 0, count: 900))
            let census = try await server.census()
            let channel = Form.Part.channel(owner.channel)
            let text = String(repeating: "a", count: 101)
            let inline = #"{"channelId":"\#(owner.channel)","content":"\#(text)"}"#
            let answers = [
                try await owner.send(Form(channel, Self.file(101)), to: "store"),
                try await owner.send(Form(Self.file(101), channel), to: "upload"),
                try await person.send(Form(channel, Self.file(101)), to: "store"),
                try await person.send(Form(channel, Self.file(101)), to: "upload"),
                try await owner.send(json: inline, to: "/api/v1/files/store-text"),
                try await owner.post(#""text":"x","textAttachments":[{"content":"\#(text)"}]"#),
            ]
            for answer in answers {
                #expect(answer.status == 507)
                #expect(answer.json["message"]?.text?.contains("delete files") == true)
                let figures = answer.json["figures"]
                #expect(figures?["used"] == .integer(900) && figures?["limit"] == .integer(1000))
                #expect(figures?["needed"] == .integer(101) && figures?["reserved"] == .integer(0))
            }
            #expect(try await server.census() == census)
            #expect(try await owner.send(Form(channel, Self.file(100))).status == 201)
        }
    }

    @Test("of two uploads that do not both fit one is stored, and the quota is never exceeded")
    func together() async throws {
        try await withServer(["PLACET_QUOTA_CHANNEL_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            for _ in 0..<20 {
                let answers = try await twice { _ in
                    try await owner.send(Form(.channel(owner.channel), Self.file(600)))
                }
                #expect(Set(answers.map(\.status)) == [201, 507])
                let stored = try #require(answers.first { $0.status == 201 }?.json["id"]?.text)
                #expect(try await owner.send(.delete, "/api/v1/files/\(stored)").status == 200)
            }
        }
    }

    @Test("the body of an upload that cannot fit is not asked for")
    func beforeTheBody() async throws {
        try await withServer(["PLACET_QUOTA_USER_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            let form = Form(.channel(owner.channel), Self.file(2 << 20))
            let length = "\(form.body.readableBytes)"
            let headers: HTTPFields = [
                .apiKey: owner.key, .contentType: form.contentType, .contentLength: length,
            ]
            let answer = try await server.send(
                .post,
                "/api/v1/files/store",
                headers,
                body: form.body,
                pausingAt: 0
            ) { Issue.record("the body was read") }
            #expect(answer.status == 507)
        }
    }

    @Test("the quota of the server names no figures of others")
    func whole() async throws {
        try await withServer(["PLACET_QUOTA_BYTES": "1000"]) { server in
            let (ada, eve) = (try await server.owner("ada@example.org"), try await server.owner("eve@example.org"))
            _ = try await ada.store([UInt8](repeating: 0, count: 900))
            let answer = try await eve.send(Form(.channel(eve.channel), Self.file(101)))
            #expect(answer.status == 507 && answer.json["figures"] == nil)
            #expect(answer.json["message"]?.text?.contains("this server") == true)
        }
    }

    @Test("somebody else's channel is 403, however full it is")
    func foreign() async throws {
        try await withServer(["PLACET_QUOTA_CHANNEL_BYTES": "1000"]) { server in
            let (ada, eve) = (try await server.owner("ada@example.org"), try await server.owner("eve@example.org"))
            _ = try await ada.store([UInt8](repeating: 0, count: 1000))
            #expect(try await eve.send(Form(.channel(ada.channel), Self.file(2000))).status == 403)
        }
    }
}
