import App
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite("Keys and users, by the command line")
struct CommandTests {
    @Test("a key is shown once, when it is made; lists and the index know its beginning only")
    func keyIsShownOnce() async throws {
        try await withServer { server in
            let answer = try await server.command(.post, "keys", #"{"label":"ci"}"#)
            #expect(answer.status == 201)
            #expect(
                answer.json.names == [
                    "id", "userId", "defaultChannelId", "label", "keyPrefix", "scope", "expiresAt", "lastUsedAt",
                    "createdAt",
                    "key",
                ]
            )
            let key = try #require(answer.json["key"]?.text)
            #expect(answer.json["keyPrefix"] == .string(String(key.prefix(11))))
            #expect(answer.json["lastUsedAt"] == .null)

            let list = try await server.command(.get, "keys")
            #expect(list.json.elements.count == 1)
            #expect(!list.text.contains(key))
        }
    }

    private static let commandRefusals: [(String, String, Int)] = [
        ("keys", "{}", 400), ("keys", #"{"label":""}"#, 400), ("keys", #"{"label":"ci","user":"nobody@x.org"}"#, 404),
        ("users", "{}", 400), ("users", #"{"email":"no address"}"#, 400),
        ("users", #"{"email":"a@b.c","role":"king"}"#, 400),
        ("users", #"{"email":"a@b.c","password":"short"}"#, 400), ("users", #"{"email":"ADMIN@placet.local"}"#, 409),
    ]

    @Test("a wrong request of the command line is refused, and makes nobody")
    func commandRefusals() async throws {
        try await withServer { server in
            for (path, body, status) in Self.commandRefusals {
                let answer = try await server.command(.post, path, body)
                #expect(answer.status == status, "\(path) \(body): \(answer.text)")
            }
            #expect(try await server.command(.get, "keys").json.elements.isEmpty == true)
            #expect(try await server.command(.get, "users").json.elements.count == 1)
        }
    }

    @Test("a user is made with the password given, or with one that is shown once and must be changed")
    func createUser() async throws {
        try await withServer { server in
            let given = try await server.command(.post, "users", #"{"email":"a@b.c","password":"12345678"}"#)
            #expect(given.status == 201)
            #expect(given.json.names == ["user"])
            #expect(given.json["user"]?["mustChangePassword"] == .bool(false))
            #expect(given.json["user"]?["role"] == .string("member"))

            let made = try await server.command(.post, "users", #"{"email":"d@e.f","role":"owner"}"#)
            #expect(made.json["password"]?.text?.count == 16)
            #expect(made.json["user"]?["mustChangePassword"] == .bool(true))
            let list = try await server.command(.get, "users")
            #expect(list.json.elements.count == 3)
            #expect(!list.text.contains("scrypt"))
            #expect(!list.text.contains(made.json["password"]?.text ?? ""))
        }
    }

    @Test("the quota of a user is set and taken away again")
    func quota() async throws {
        try await withServer(["PLACET_QUOTA_USER_BYTES": "5"]) { server in
            let owner = try await server.owner()
            func set(_ bytes: String) async throws -> HTTPReply {
                try await server.command(
                    .post,
                    "users/quota",
                    #"{"email":"ADMIN@placet.local","quotaBytes":\#(bytes)}"#
                )
            }
            #expect(try await set("10").json["quotaBytes"] == .integer(10))
            _ = try await owner.store([UInt8](repeating: 1, count: 10))
            #expect(try await set("null").json["quotaBytes"] == .null)
            #expect(try await owner.send(Form(.channel(owner.channel), .file([1], "x"))).status == 507)
            #expect(try await set("-1").status == 400)
            let stranger = #"{"email":"x@b.c","quotaBytes":1}"#
            #expect(try await server.command(.post, "users/quota", stranger).status == 404)
        }
    }

    @Test("a key that is not there cannot be revoked")
    func revokeUnknown() async throws {
        try await withServer { server in
            let answer = try await server.command(.delete, "keys/unknown")
            #expect(answer.status == 404)
        }
    }
}
