import Foundation
import Index
import JSON
import Testing

import struct Index.Attachment

@testable import API

@Suite("Records as JSON")
struct RecordJSONTests {
    func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONText.bytes(of: value), as: UTF8.self)
    }

    @Test("A user is shown without the password hash")
    func user() throws {
        let user = User(
            id: "u1",
            email: "ada@example.org",
            displayName: "Ada",
            role: .owner,
            passwordHash: "scrypt$secret",
            mustChangePassword: true,
            createdAt: .sample
        )
        #expect(
            try json(UserJSON(user)) == """
                {"createdAt":"2026-11-23T22:14:01.123Z","displayName":"Ada","email":"ada@example.org","id":"u1",\
                "mustChangePassword":true,"quotaBytes":null,"role":"owner"}
                """
        )
    }

    @Test("A key is shown with null while never used")
    func apiKey() throws {
        var key = APIKey(id: "k1", userID: "u1", label: "ci", keyPrefix: "hp_12345678", createdAt: .sample)
        #expect(
            try json(APIKeyJSON(key)) == """
                {"createdAt":"2026-11-23T22:14:01.123Z","defaultChannelId":null,"expiresAt":null,"id":"k1",\
                "keyPrefix":"hp_12345678",\
                "label":"ci","lastUsedAt":null,"scope":null,"userId":"u1"}
                """
        )
        key.lastUsedAt = Timestamp(milliseconds: 0)
        #expect(try json(APIKeyJSON(key)).contains(#""lastUsedAt":"1970-01-01T00:00:00.000Z""#))
    }

    @Test("An agent is shown with null for every member without a value")
    func agent() throws {
        let agent = Agent(id: "a1", userID: "u1", name: "builder", createdAt: .sample)
        #expect(
            try json(AgentJSON(agent)) == """
                {"avatarUrl":null,"createdAt":"2026-11-23T22:14:01.123Z","description":null,"id":"a1",\
                "lastActiveAt":null,"name":"builder","quotaBytes":null,"retentionDays":null,"status":"offline",\
                "statusMessage":null,"statusSince":null,"tag":null,"webhookAuth":null,"webhookHeaders":null,\
                "webhookSecret":null,"webhookUrl":null}
                """
        )
        let full = Agent(
            id: "a1",
            userID: "u1",
            name: "builder",
            description: "d",
            avatarURL: "/a",
            webhook: Webhook(url: "https://h"),
            status: .busy,
            statusMessage: "m",
            statusSince: .sample,
            lastActiveAt: .sample,
            tag: "t",
            quotaBytes: 7,
            retentionDays: 8,
            createdAt: .sample
        )
        #expect(
            try json(AgentJSON(full)) == """
                {"avatarUrl":"/a","createdAt":"2026-11-23T22:14:01.123Z","description":"d","id":"a1",\
                "lastActiveAt":"2026-11-23T22:14:01.123Z","name":"builder","quotaBytes":7,"retentionDays":8,\
                "status":"busy","statusMessage":"m","statusSince":"2026-11-23T22:14:01.123Z","tag":"t",\
                "webhookAuth":null,"webhookHeaders":null,"webhookSecret":null,"webhookUrl":"https://h"}
                """
        )
    }

    @Test("A file is shown; charset, detector and the key on disk stay inside")
    func attachment() throws {
        let digest = String(repeating: "ab", count: 32)
        let attachment = Attachment.sample(type: "text/plain", sha256: digest)
        #expect(
            try json(AttachmentJSON(attachment)) == """
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
        #expect(AttachmentJSON(Attachment.sample(type: mimeType)).pluginType == plugin)
    }
}

extension Timestamp {
    /// 2026-11-23T22:14:01.123Z
    static let sample = Timestamp(milliseconds: 1_795_472_041_123)
}

extension Attachment {
    /// A file that is not attached.
    static func sample(type: String, sha256: String = "") -> Attachment {
        Attachment(
            id: "f1",
            channelID: "a1",
            messageID: nil,
            sha256: sha256,
            filename: "run.log",
            mimeType: type,
            charset: "utf-8",
            detector: "libmagic 5.44",
            size: 5,
            createdAt: .sample,
            expiresAt: .sample
        )
    }
}
