import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("The default channel of a key")
struct DefaultChannelTests {
    @Test("is where everything goes that names no channel; what names one goes there")
    func everything() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            func send(_ path: String, _ json: String) async throws -> HTTPReply {
                try await owner.send(json: json, to: "/api/v1/" + path)
            }
            let without = try await send("messages", #"{"text":"a"}"#)
            #expect(without.status == 400 && without.faults == ["channelId"])
            #expect(without.json["message"]?.text?.contains("default channel") == true)

            let set = try await person.send(
                .patch,
                "api-keys/\(owner.keyID)",
                #"{"defaultChannelId":"\#(owner.channel)"}"#,
                [.contentType: "application/json"]
            )
            #expect(set.status == 200 && set.json["defaultChannelId"] == .string(owner.channel), "\(set.text)")
            let draft = try await send("messages", #"{"text":"a","streamId":"s"}"#)
            let form = try await owner.send(Form(.file([1], "a")))
            let uploaded = try await owner.send(Form(.file([1], "a")), to: "upload")
            let text = try await send("files/store-text", #"{"content":"a"}"#)
            let raw = try await owner.send(.put, "/api/v1/files/raw", body: ByteBuffer(string: "a"))
            let event = try await send("messages/streams/s/status", #"{"text":"b"}"#)
            for answer in [draft, form, uploaded, text, raw, event] {
                #expect(answer.status == 201 && answer.json["channelId"] == .string(owner.channel), "\(answer.text)")
            }
            #expect(try await send("files/upload-addresses", "{}").json["channelId"] == .string(owner.channel))

            let other = try await send("agents", #"{"name":"b"}"#).json["id"]?.text ?? ""
            let named = try await send("messages", #"{"channelId":"\#(other)","text":"a"}"#)
            #expect(named.json["channelId"] == .string(other))
        }
    }

    @Test("is one of its user's, and goes with the channel; nobody changes another user's key")
    func limits() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let (stranger, theirs) = try await server.pair("eve@example.org")
            let json: HTTPFields = [.contentType: "application/json"]
            func change(_ key: String, _ body: String) async throws -> HTTPReply {
                try await person.send(.patch, "api-keys/\(key)", body, json)
            }
            let own = #"{"defaultChannelId":"\#(owner.channel)"}"#
            #expect(try await change(owner.keyID, #"{"defaultChannelId":"\#(theirs.channel)"}"#).status == 404)
            #expect(try await change(theirs.keyID, own).status == 404)
            #expect(try await change(owner.keyID, "{}").status == 400)
            #expect(try await change(owner.keyID, #"{"defaultChannelId":null,"scope":["read"]}"#).status == 400)
            #expect(try await stranger.send(.post, "api-keys", own, json).status == 404)
            let made = try await person.send(.post, "api-keys", own, json)
            #expect(made.status == 201 && made.json["defaultChannelId"] == .string(owner.channel), "\(made.text)")
            let local = try await server.command(
                .post,
                "keys",
                #"{"label":"l","user":"ada@example.org","defaultChannelId":"\#(owner.channel)"}"#
            )
            #expect(local.json["defaultChannelId"] == .string(owner.channel), "\(local.text)")

            #expect(try await person.send(.delete, "agents/\(owner.channel)").status == 200)
            let keys = try await person.send(.get, "api-keys").json.elements
            #expect(keys.count == 3 && keys.allSatisfy { $0["defaultChannelId"] == .null })
        }
    }
}
