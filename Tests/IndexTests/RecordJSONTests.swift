import Foundation
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Records as JSON")
struct RecordJSONTests {
    func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test("A user encodes to the contract's object, without the password hash")
    func user() throws {
        var user = User.sample(email: "ada@example.org")
        user.id = "u1"
        #expect(
            try json(user) == """
                {"createdAt":"2026-11-23T22:14:01.123Z","displayName":"Ada","email":"ada@example.org","id":"u1",\
                "mustChangePassword":true,"role":"owner"}
                """
        )
    }

    @Test("A key encodes to the contract's object, null while never used")
    func apiKey() throws {
        var key = APIKey.sample(of: .sample(email: "a"))
        (key.id, key.userId) = ("k1", "u1")
        #expect(
            try json(key) == """
                {"createdAt":"2026-11-23T22:14:01.123Z","id":"k1","keyPrefix":"hp_12345678","label":"ci",\
                "lastUsedAt":null,"userId":"u1"}
                """
        )
        key.lastUsedAt = Timestamp(milliseconds: 0)
        #expect(try json(key).contains(#""lastUsedAt":"1970-01-01T00:00:00.000Z""#))
    }

    @Test("An agent encodes to the contract's object, every field that has no value being null")
    func agent() throws {
        let agent = Agent(id: "a1", userId: "u1", name: "builder", createdAt: .sample)
        #expect(
            try json(agent) == """
                {"avatarUrl":null,"createdAt":"2026-11-23T22:14:01.123Z","description":null,"id":"a1",\
                "lastActiveAt":null,"name":"builder","status":"offline","statusMessage":null,"statusSince":null,\
                "tag":null,"webhookAuth":null,"webhookHeaders":null,"webhookSecret":null,"webhookUrl":null}
                """
        )
        let full = Agent(
            id: "a1",
            userId: "u1",
            name: "builder",
            description: "d",
            avatarUrl: "/a",
            webhook: Webhook(url: "https://h"),
            status: .busy,
            statusMessage: "m",
            statusSince: .sample,
            lastActiveAt: .sample,
            tag: "t",
            createdAt: .sample
        )
        #expect(
            try json(full) == """
                {"avatarUrl":"/a","createdAt":"2026-11-23T22:14:01.123Z","description":"d","id":"a1",\
                "lastActiveAt":"2026-11-23T22:14:01.123Z","name":"builder","status":"busy","statusMessage":"m",\
                "statusSince":"2026-11-23T22:14:01.123Z","tag":"t","webhookAuth":null,"webhookHeaders":null,\
                "webhookSecret":null,"webhookUrl":"https://h"}
                """
        )
    }

    @Test("An attachment encodes to the contract's object; charset, detector and the key on disk stay inside")
    func attachment() throws {
        let agent = Agent(id: "a1", userId: "u1", name: "builder", createdAt: .sample)
        let digest = String(repeating: "ab", count: 32)
        var attachment = Attachment.sample(in: agent, blob: .sample(sha256: digest))
        attachment.id = "f1"
        #expect(
            try json(attachment) == """
                {"channelId":"a1","createdAt":"2026-11-23T22:14:01.123Z","declaredMimeType":null,\
                "expiresAt":"2026-11-23T22:14:01.123Z","filename":"run.log","id":"f1","messageId":null,\
                "mimeType":"text/plain","pluginData":null,"pluginType":"@uax/file","sha256":"\(digest)","size":5,\
                "storageKey":"uploads/sha256/\(digest)"}
                """
        )
    }

    @Test(
        "Images go to the image plugin, everything else to the file plugin",
        arguments: [("image/png", "@uax/image"), ("image/svg+xml", "@uax/image"), ("images/x", "@uax/file")]
    )
    func pluginType(mimeType: String, plugin: String) {
        var attachment = Attachment.sample(in: .sample(of: .sample(email: "a")), blob: .sample())
        attachment.mimeType = mimeType
        #expect(attachment.pluginType == plugin)
    }
}
