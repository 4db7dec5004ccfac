import App
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import Testing

@testable import Accounts

/// Somebody signed in.
struct Person: Sendable {
    static let password = "correct horse"

    let server: TestServer
    let userID: String
    let email: String
    let token: String

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ json: String? = nil,
        _ headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.authorization] = "Bearer \(token)"
        return try await server.send(method, "/api/\(path)", headers, body: json.map { ByteBuffer(string: $0) })
    }
}

extension TestServer {
    func login(_ email: String, _ password: String, _ headers: HTTPFields = [:]) async throws -> Answer {
        let body = ByteBuffer(string: #"{"email":"\#(email)","password":"\#(password)"}"#)
        return try await send(.post, "/api/auth/login", headers, body: body)
    }

    /// A user with that role, made and signed in.
    func person(_ email: String, role: User.Role = .member) async throws -> Person {
        // With few rounds: without optimisation, a true hash takes seconds.
        let hash = try PasswordHash(hashing: Person.password, logRounds: 1).encoded
        try await assembly.index.write { tx in
            guard try tx.user(email: email) == nil else { return }
            let user = User(
                id: Identifier.make(),
                email: email,
                displayName: email,
                role: role,
                passwordHash: hash,
                mustChangePassword: false,
                createdAt: tx.now
            )
            try tx.insert(user)
        }
        let answer = try await login(email, Person.password)
        let id = try #require(answer.json["user"]?["id"]?.text, "\(answer.text)")
        return Person(server: self, userID: id, email: email, token: try #require(answer.token))
    }
}

extension Answer {
    /// The session's token in `Set-Cookie`.
    var token: String? {
        headers[.setCookie]?.split(separator: ";").first?.split(separator: "=").last.map(String.init)
    }
}

@Suite("Signing in")
struct SignInTests {
    @Test(
        "a right password gives the user and a cookie that scripts cannot read; the token opens as cookie and as bearer"
    )
    func login() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            let answer = try await server.login(
                "ADA@example.org",
                Person.password,
                [.init("x-forwarded-proto")!: "https"]
            )
            #expect(answer.status == 200 && answer.json["user"]?["email"] == .string("ada@example.org"))
            #expect(!answer.text.contains("scrypt"))
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.hasPrefix("access_token=hs_"))
            for part in ["; Path=/", "; Max-Age=604800", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                #expect(cookie.contains(part))
            }
            let token = try #require(answer.token)
            let byCookie = try await server.send(.get, "/api/auth/me", [.cookie: "a=b; access_token=\(token)"])
            #expect(byCookie.status == 200 && byCookie.json["user"]?["id"] == .string(ada.userID))
            #expect(try await ada.send(.get, "auth/me").status == 200)
        }
    }

    @Test("a wrong password and an unknown user are answered alike, and after five tries 429")
    func guessing() async throws {
        try await withServer { server in
            _ = try await server.person("ada@example.org")
            let wrong = try await server.login("ada@example.org", "wrong horse")
            let unknown = try await server.login("nobody@example.org", "wrong horse")
            #expect(wrong.status == 401 && unknown.status == 401)
            #expect(wrong.json["message"] == .string("Invalid credentials"))
            #expect(wrong.headers[.wwwAuthenticate] != nil)
            #expect(wrong.json["message"] == unknown.json["message"] && wrong.json.names == unknown.json.names)
            var statuses: [Int] = []
            for _ in 1...9 { statuses.append(try await server.login("ada@example.org", "wrong horse").status) }
            #expect(statuses.contains(429) && Set(statuses) == [401, 429])
        }
    }

    @Test("sessions are listed and ended; refreshed, the old token is dead; signed out, so is the new one")
    func sessions() async throws {
        try await withServer { server in
            let (first, second) = (try await server.person("a@b.c"), try await server.person("a@b.c"))
            let list = try await first.send(.get, "auth/sessions").json.elements ?? []
            #expect(list.map { $0["current"] } == [.bool(false), .bool(true)])
            let other = try #require(list[0]["id"]?.text)
            #expect(try await first.send(.delete, "auth/sessions/\(other)").status == 200)
            #expect(try await second.send(.get, "auth/me").status == 401)
            let token = try #require(try await first.send(.post, "auth/refresh").token)
            #expect(try await first.send(.get, "auth/me").status == 401)
            let again = Person(server: server, userID: first.userID, email: first.email, token: token)
            #expect(try await again.send(.post, "auth/logout").headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await again.send(.get, "auth/me").status == 401)
            let stranger = try await server.person("eve@example.org")
            let session = try #require(try await stranger.send(.get, "auth/sessions").json.elements.first?["id"]?.text)
            let third = try await server.person("a@b.c")
            #expect(try await third.send(.delete, "auth/sessions/\(session)").status == 404)
        }
    }

    @Test("a session ends by itself after seven days, and its row goes")
    func expiry() async throws {
        try await withServer { server in
            _ = try await server.person("a@b.c")
            let index = server.assembly.index
            let end = try #require(try await index.read { try $0.nextSessionEnd() })
            let lifetime = end.milliseconds - Timestamp.now().milliseconds
            #expect(lifetime > 6 * 86_400_000 && lifetime <= 7 * 86_400_000)
            let user = try #require(try await index.read { try $0.user(email: "a@b.c") })
            #expect(try await index.read { try $0.sessions(userID: user.id, now: end).isEmpty })
            try await index.write { tx in try tx.removeEndedSessions(limit: 10) }
            #expect(try await index.read { try $0.nextSessionEnd() } == end)
        }
    }

    @Test("a changed password ends the other sessions and needs the old one")
    func changePassword() async throws {
        try await withServer { server in
            let (first, second) = (try await server.person("a@b.c"), try await server.person("a@b.c"))
            func change(_ current: String, _ new: String) async throws -> Int {
                let json = #"{"currentPassword":"\#(current)","newPassword":"\#(new)"}"#
                return try await first.send(.post, "auth/change-password", json).status
            }
            #expect(try await change("wrong horse", "battery staple") == 401)
            #expect(try await change(Person.password, "short") == 400)
            #expect(try await second.send(.get, "auth/me").status == 200)
            #expect(try await change(Person.password, "battery staple") == 200)
            #expect(try await second.send(.get, "auth/me").status == 401)
            #expect(try await first.send(.get, "auth/me").status == 200)
            #expect(try await server.login("a@b.c", Person.password).status == 401)
            #expect(try await server.login("a@b.c", "battery staple").status == 200)
        }
    }

    @Test("a sign-in that a new password or the user's end overtakes opens no session")
    func overtaken() async throws {
        try await withServer { server in
            let (ada, index) = (try await server.person("a@b.c"), server.assembly.index)
            let accounts = AccountsModule(index: index, authenticator: KeyAuthenticator(index: index))
            let checked = try #require(try await index.read { try $0.user(id: ada.userID) })
            _ = try await accounts.openSession(for: checked, userAgent: nil)
            try await index.write { tx in
                var user = checked
                user.passwordHash = "another"
                try tx.update(user)
                try tx.endSessions(userID: user.id)
            }
            await #expect(throws: APIError.self) { try await accounts.openSession(for: checked, userAgent: nil) }
            #expect(try await index.read { try $0.sessions(userID: ada.userID, now: .now()) }.isEmpty)
            try await index.write { tx in try tx.deleteUser(id: ada.userID) }
            await #expect(throws: APIError.self) { try await accounts.openSession(for: checked, userAgent: nil) }
        }
    }

    @Test("what another site makes a browser send is refused when it would change something; reading is not")
    func crossSite() async throws {
        let cases: [(HTTPFields, Bool)] = [
            ([.init("sec-fetch-site")!: "cross-site"], false), ([.init("sec-fetch-site")!: "same-site"], false),
            ([.init("sec-fetch-site")!: "same-origin"], true), ([.init("sec-fetch-site")!: "none"], true),
            ([.origin: "https://evil.example"], false), ([.origin: "null"], false), ([:], true),
        ]
        try await withServer { server in
            let ada = try await server.person("a@b.c")
            for (headers, isAllowed) in cases {
                var byCookie = headers
                byCookie[.cookie] = "access_token=\(ada.token)"
                let body = ByteBuffer(string: "{}")
                let post = try await server.send(.post, "/api/api-keys", byCookie, body: body)
                #expect(post.status == (isAllowed ? 201 : 403), "\(headers)")
                // A proxy's own scheme is added by browsers, a bearer token is not.
                byCookie[.authorization] = "Basic YTpi"
                #expect(try await server.send(.post, "/api/api-keys", byCookie, body: body).status == post.status)
                #expect(try await ada.send(.post, "api-keys", "{}", headers).status == 201)
                #expect(try await server.login("a@b.c", Person.password, headers).status == (isAllowed ? 200 : 403))
                #expect(try await ada.send(.get, "api-keys", nil, headers).status == 200)
            }
        }
    }
}

@Suite("Users and API keys of people")
struct AccountTests {
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

    @Test("users are the owners' business; the last owner stays; who is deleted is out at once, and the email is free")
    func users() async throws {
        try await withServer { server in
            let (owner, member) = (try await server.person("o@b.c", role: .owner), try await server.person("m@b.c"))
            for (method, path) in [(HTTPRequest.Method.get, "users"), (.delete, "users/\(owner.userID)")] {
                #expect(try await member.send(method, path).status == 403)
            }
            let made = try await owner.send(.post, "users", #"{"email":"n@b.c"}"#)
            #expect(made.status == 201 && made.json["password"] != nil)
            let admin = try #require(
                try await owner.send(.get, "users").json.elements.first {
                    $0["email"] == .string("admin@placet.local")
                }
            )
            let adminID = try #require(admin["id"]?.text)
            #expect(try await owner.send(.delete, "users/\(adminID)").status == 200)
            #expect(try await owner.send(.delete, "users/\(owner.userID)").status == 409)
            #expect(try await owner.send(.patch, "users/\(owner.userID)", #"{"role":"member"}"#).status == 409)
            #expect(try await owner.send(.patch, "users/nobody", "{}").status == 404)

            let key = try #require(try await member.send(.post, "api-keys", "{}").json["key"]?.text)
            let agent = try await server.send(
                .post,
                "/api/v1/agents",
                [.apiKey: key],
                body: ByteBuffer(string: #"{"name":"a"}"#)
            )
            #expect(agent.status == 201)
            #expect(try await owner.send(.delete, "users/\(member.userID)").status == 200)
            #expect(try await member.send(.get, "auth/me").status == 401)
            #expect(try await server.send(.get, "/api/v1/agents", [.apiKey: key]).status == 401)
            #expect(try await server.login("m@b.c", Person.password).status == 401)
            #expect(try await owner.send(.post, "users", #"{"email":"m@b.c"}"#).status == 201)
            let index = server.assembly.index
            #expect(try await index.read { try $0.nextUserRemoval() } != nil)
            for _ in 0..<5 { try await index.write { tx in try tx.removeDeletedAgents(limit: 10) } }
            try await index.write { tx in try tx.removeDeletedUsers(limit: 10) }
            #expect(try await index.read { try $0.nextUserRemoval() } == nil)
        }
    }
}

@Suite("Preferences, and the operator's help")
struct PreferenceTests {
    @Test("the theme is system until it is chosen, each user's own, and one of three")
    func theme() async throws {
        try await withServer { server in
            let (ada, eve) = (try await server.person("a@b.c"), try await server.person("e@b.c"))
            func theme(_ person: Person) async throws -> JSONValue { try await person.send(.get, "preferences").json }
            #expect(try await theme(ada) == .object(["theme": .string("system")]))
            for name in ["dark", "light", "system", "dark"] {
                let changed = try await ada.send(.patch, "preferences", #"{"theme":"\#(name)"}"#)
                #expect(changed.status == 200 && changed.json == .object(["theme": .string(name)]))
                #expect(try await theme(ada) == changed.json)
            }
            #expect(try await ada.send(.patch, "preferences", "{}").json["theme"] == .string("dark"))
            for json in [#"{"theme":"blue"}"#, #"{"theme":null}"#, #"{"theme":1}"#] {
                let refused = try await ada.send(.patch, "preferences", json)
                #expect(refused.status == 400 && refused.faults == ["theme"])
            }
            #expect(try await theme(ada)["theme"] == .string("dark"))
            #expect(try await theme(eve)["theme"] == .string("system"))
        }
    }

    @Test("an operator's new password ends all sessions; only one that was made up must be changed")
    func reset() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            let chosen = try await server.command(
                .post,
                "users/password",
                #"{"email":"ADA@example.org","password":"battery staple"}"#
            )
            #expect(chosen.status == 200 && chosen.json["password"] == nil)
            #expect(chosen.json["user"]?["mustChangePassword"] == .bool(false))
            #expect(try await ada.send(.get, "auth/me").status == 401)
            #expect(try await server.login("ada@example.org", Person.password).status == 401)
            #expect(try await server.login("ada@example.org", "battery staple").status == 200)

            let madeUp = try await server.command(.post, "users/password", #"{"email":"ada@example.org"}"#)
            let password = try #require(madeUp.json["password"]?.text)
            #expect(madeUp.json["user"]?["mustChangePassword"] == .bool(true))
            #expect(password.count == 16)
            #expect(try await server.login("ada@example.org", "battery staple").status == 401)
            #expect(try await server.login("ada@example.org", password).status == 200)

            #expect(try await server.command(.post, "users/password", #"{"email":"x@y.z"}"#).status == 404)
            for wrong in ["{}", #"{"email":"ada@example.org","password":"short"}"#] {
                #expect(try await server.command(.post, "users/password", wrong).status == 400)
            }
            #expect(try await server.login("ada@example.org", password).status == 200)
            #expect(server.log.lines.allSatisfy { !$0.contains("battery") && !$0.contains(password) })
        }
    }
}

@Suite("People and messages")
struct ConversationTests {
    /// A person, and an agent of the same user.
    private func pair(_ server: TestServer, _ email: String = "ada@example.org") async throws -> (Person, Owner) {
        (try await server.person(email), try await server.owner(email))
    }

    @Test("a person finds the question, answers it once, and the parked agent has the answer")
    func answer() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            let id = try await agent.ask()
            async let waiting = agent.get("reviews/\(id)/wait", "&timeout=30000")
            let pending = try await ada.send(.get, "messages/reviews")
            #expect(pending.json["data"]?.elements.map { $0["id"]?.text } == [id])
            let answer = try await ada.send(
                .post,
                "messages/\(id)/respond",
                #"{"response":{"selectedOption":"yes"},"feedback":"fine"}"#
            )
            #expect(answer.status == 201 && answer.json["review"]?["status"] == .string("completed"))
            let heard = try await waiting.json
            #expect(heard["status"] == .string("completed"))
            #expect(heard["message"]?["review"]?["feedback"] == .string("fine"))
            let again = try await ada.send(.post, "messages/\(id)/respond", #"{"response":{}}"#)
            #expect(again.status == 403 && again.json["message"] == .string("Review already responded"))
            for (status, count) in [("pending", 0), ("completed", 1), ("expired", 0), ("all", 1)] {
                let list = try await ada.send(.get, "messages/reviews?status=\(status)&channel=\(agent.channel)")
                #expect(list.json["data"]?.elements.count == count, "\(status)")
            }
            #expect(try await ada.send(.get, "messages/reviews?status=done").status == 400)
        }
    }

    @Test("a person's message is one of the user, and the webhook is told of it; one message is read with its agent")
    func conversation() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            let file = try await agent.storedID("a log")
            _ = try await agent.send(
                json: #"{"channelId":"\#(agent.channel)","url":"https://hooks.example.org/a"}"#,
                to: "/api/v1/agents/setWebhook"
            )
            let json = #"{"channelId":"\#(agent.channel)","text":"look","attachmentIds":["\#(file)"],"clientId":"c"}"#
            let said = try await ada.send(.post, "messages", json)
            #expect(said.status == 201 && said.json["senderType"] == .string("user"))
            #expect(said.json["senderId"] == .string(ada.userID))
            #expect(try await ada.send(.post, "messages", json).json["id"] == said.json["id"])
            let id = try #require(said.json["id"]?.text)
            let queued = try await server.assembly.index.read { try $0.deliveries(messageID: id) }
            #expect(queued.map(\.event) == [.messageCreated])
            let read = try await ada.send(.get, "messages/\(id)").json
            #expect(read["agent"]?["id"] == .string(agent.channel))
            #expect(read["agent"]?.names.contains { $0.hasPrefix("webhook") } == false)
            #expect(try await ada.send(.post, "messages/\(id)/retry").json == .object(["retried": .bool(true)]))
            let plain = try await agent.ask()
            #expect(try await ada.send(.post, "messages/\(plain)/retry").status == 400)
            #expect(try await ada.send(.get, "messages/\(id)/iterations").json["groupId"] == .string(id))
            #expect(try await ada.send(.get, "messages?channel=\(agent.channel)").json["data"]?.elements.count == 2)
            #expect(try await ada.send(.post, "messages", #"{"channelId":"\#(agent.channel)"}"#).status == 400)
        }
    }

    @Test("passwords typed into a form are redacted for people, everywhere")
    func passwords() async throws {
        try await withServer { server in
            let (ada, agent) = try await pair(server)
            let form = #"{"type":"form","payload":{"fields":[{"name":"pin","type":"password","label":"PIN"}]}}"#
            let id = try #require(try await agent.post(#""review":\#(form)"#).json["id"]?.text)
            let answer = try await ada.send(.post, "messages/\(id)/respond", #"{"response":{"pin":"hunter2"}}"#)
            #expect(answer.status == 201)
            let reads = [
                answer, try await ada.send(.get, "messages/\(id)"),
                try await ada.send(.get, "messages/\(id)/iterations"),
                try await ada.send(.get, "messages?channel=\(agent.channel)"),
                try await ada.send(.get, "messages/reviews?status=all"),
            ]
            #expect(reads.allSatisfy { !$0.text.contains("hunter2") && $0.text.contains("***REDACTED***") })
            #expect(try await agent.get("reviews/\(id)").text.contains("hunter2"))
        }
    }
}
