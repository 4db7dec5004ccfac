import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Users and their API keys")
struct UserTests {
    @Test("a key is shown once, rotated under the same id and revoked; the old secret is dead at once")
    func keys() async throws {
        try await withServer { server in
            let (ada, eve) = (try await server.person("a@b.c"), try await server.person("eve@example.org"))
            let made = try await ada.send(.post, "api-keys", #"{"label":"ci"}"#)
            let (id, key) = (try #require(made.json["id"]?.text), try #require(made.json["key"]?.text))
            func status(_ key: String) async throws -> Int {
                try await server.send(.get, "/api/v1/agents", [.apiKey: key]).status
            }
            #expect(try await status(key) == 200)
            #expect(try await ada.send(.get, "api-keys").text.contains(key) == false)
            #expect(try await eve.send(.post, "api-keys/\(id)/rotate").status == 404)
            #expect(try await eve.send(.delete, "api-keys/\(id)").status == 404)
            let rotated = try await ada.send(.post, "api-keys/\(id)/rotate")
            #expect(rotated.status == 200 && rotated.json["id"] == .string(id))
            #expect(try await status(key) == 401)
            let new = try #require(rotated.json["key"]?.text)
            #expect(try await status(new) == 200)
            #expect(try await ada.send(.delete, "api-keys/\(id)").json == .object(["deleted": .bool(true)]))
            #expect(try await status(new) == 401)
            #expect(try await eve.send(.get, "api-keys").json == .array([]))
        }
    }

    @Test("only owners administer users")
    func administration() async throws {
        try await withServer { server in
            let (owner, member) = (try await server.person("o@b.c", role: .owner), try await server.person("m@b.c"))
            for (method, path) in [(HTTPRequest.Method.get, "users"), (.delete, "users/\(owner.userID)")] {
                #expect(try await member.send(method, path).status == 403)
            }
            let made = try await owner.send(.post, "users", #"{"email":"n@b.c"}"#)
            #expect(made.status == 201 && made.json["password"] != nil)
            #expect(try await owner.send(.patch, "users/nobody", "{}").status == 404)
        }
    }

    @Test(
        "an email is trimmed, and refused with its fault when nobody can have it; either Unicode form is the same one"
    )
    func emails() async throws {
        try await withServer { server in
            let owner = try await server.person("o@b.c", role: .owner)
            func make(_ email: String) async throws -> HTTPReply {
                try await owner.send(.post, "users", #"{"email":"\#(email)","password":"correct horse"}"#)
            }
            for (email, fault) in [
                ("@x.y", "one @"), ("nodomain@", "domain"), ("x@y@z", "one @"), ("plain", "one @"),
                ("a b@c.d", "blanks"),
                ("a\u{200B}@c.d", "invisible"), (#"a\n@c.d"#, "control"), ("a@c\u{202E}.d", "invisible"),
                ("a@-c.d", "domain"), ("a@c..d", "domain"), ("a@c.d.", "domain"), ("a@[1.2.3.4]", "domain"),
            ] {
                let answer = try await make(email)
                #expect(answer.status == 400 && answer.faults == ["email"], "\(email)")
                #expect(answer.json["message"]?.text?.contains(fault) == true, "\(email)")
            }
            for email in ["a+b@localhost", "o'neil@b\u{FC}cher.example", "a@xn--bcher-kva.example"] {
                #expect(try await make(email).status == 201, "\(email)")
            }
            #expect(try await make(" Ren\u{E9}@b.c ").json["user"]?["email"] == .string("Ren\u{E9}@b.c"))
            #expect(try await make("rene\u{301}@b.c").status == 409)
            #expect(try await server.login(#"\trene\u0301@B.C  "#, "correct horse").status == 200)
        }
    }

    @Test("nobody deletes themselves, and the last owner stays one")
    func lastOwner() async throws {
        try await withServer { server in
            let owner = try await server.person("o@b.c", role: .owner)
            let users = try await owner.send(.get, "users").decoded(as: [ListedUser].self)
            let admin = try #require(users.first { $0.email == "admin@placet.local" })
            #expect(try await owner.send(.delete, "users/\(owner.userID)").status == 403)
            #expect(try await owner.send(.delete, "users/\(admin.id)").status == 200)
            #expect(try await owner.send(.delete, "users/\(owner.userID)").status == 403)
            #expect(try await owner.send(.get, "auth/me").status == 200)
            #expect(try await owner.send(.patch, "users/\(owner.userID)", #"{"role":"member"}"#).status == 409)
        }
    }

    @Test("a deleted user is out at once, by session, key and password, and the email is free")
    func deleted() async throws {
        try await withServer { server in
            let (owner, member) = (try await server.person("o@b.c", role: .owner), try await server.person("m@b.c"))
            let key = try #require(try await member.send(.post, "api-keys", "{}").json["key"]?.text)
            let agent = ByteBuffer(string: #"{"name":"a"}"#)
            #expect(try await server.send(.post, "/api/v1/agents", [.apiKey: key], body: agent).status == 201)

            #expect(try await owner.send(.delete, "users/\(member.userID)").status == 200)
            #expect(try await member.send(.get, "auth/me").status == 401)
            #expect(try await server.send(.get, "/api/v1/agents", [.apiKey: key]).status == 401)
            #expect(try await server.login("m@b.c", Person.password).status == 401)
            #expect(try await owner.send(.post, "users", #"{"email":"m@b.c"}"#).status == 201)

            let index = server.assembly.index
            // The rows of a user go after those of the user's agents.
            #expect(try await index.read { try $0.nextUserRemoval() } == nil)
            for _ in 0..<5 { try await index.write { tx in try tx.removeDeletedAgents(limit: 10) } }
            #expect(try await index.read { try $0.nextUserRemoval() } != nil)
            try await index.write { tx in try tx.removeDeletedUsers(limit: 10) }
            #expect(try await index.read { try $0.nextUserRemoval() } == nil)
        }
    }
}

private struct ListedUser: Decodable {
    let id: String
    let email: String
}
