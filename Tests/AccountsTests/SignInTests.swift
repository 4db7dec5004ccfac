import App
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@testable import Accounts

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
            #expect(cookie.hasPrefix("__Host-placet=hs_"))
            for part in ["; Path=/", "; Max-Age=604800", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                #expect(cookie.contains(part))
            }
            let token = try #require(answer.token)
            let another = Secret(.session).text
            for cookies in [
                "__Host-placet=\(token)", "a=b; access_token=\(token)", "access_token=other; access_token=\(token)",
                "__Host-placet=\(another); access_token=\(token)", "access_token=\(another);access_token=\(token)",
            ] {
                let byCookie = try await server.send(.get, "/api/auth/me", [.cookie: cookies])
                #expect(byCookie.status == 200 && byCookie.json["user"]?["id"] == .string(ada.userID.rawValue))
            }
            #expect(try await ada.send(.get, "auth/me").status == 200)
        }
    }

    @Test("a body of more than 16 KiB is refused: whoever signs in has shown no key")
    func largeBody() async throws {
        try await withServer { server in
            let answer = try await server.login("ada@example.org", String(repeating: "x", count: 16_384))
            #expect(answer.status == 413)
            #expect(answer.text.contains("16384 bytes"))
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

    @Test(
        "whoever guesses from the address of others takes no tries from a device where they signed in, nor its session"
    )
    func guessingBesideOthers() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            let signedIn = try await server.login(ada.email, Person.password)
            let device = try #require(signedIn.headers[values: .setCookie].last?.split(separator: ";").first)
            #expect(device.hasPrefix("placet_device="))
            // In the tests all come from one address. The last try is refused, so the strangers' tries are used up.
            var guesses: [Int] = []
            while guesses.last != 429, guesses.count < 10 {
                guesses.append(try await server.login(ada.email, "a guess").status)
            }
            #expect(guesses.last == 429)
            let known: HTTPFields = [.cookie: String(device)]
            #expect(try await server.login(ada.email, "a slip", known).status == 401)
            #expect(try await server.login(ada.email, Person.password, known).status == 200)
            let change = #"{"currentPassword":"correct horse","newPassword":"battery staple"}"#
            #expect(try await ada.send(.post, "auth/change-password", change).status == 200)
            // A new password makes every device unknown, as it ends every other session.
            #expect(try await server.login(ada.email, "battery staple", known).status == 429)
        }
    }

    @Test("a device is known for one user, has as few tries as anybody, and cannot be made up")
    func devices() async throws {
        try await withServer { server in
            let (ada, eve) = (try await server.person("ada@example.org"), try await server.person("eve@example.org"))
            let device = try #require(
                try await server.login(eve.email, Person.password).headers[values: .setCookie].last?
                    .split(separator: ";").first
            )
            let bent = "placet_device=\(String(repeating: "A", count: 22)).\(String(repeating: "A", count: 43))"
            for cookie in [String(device), bent, "placet_device=x", "placet_device=."] {
                var statuses: [Int] = []
                for _ in 1...7 {
                    statuses.append(try await server.login(ada.email, "a guess", [.cookie: cookie]).status)
                }
                #expect(statuses.last == 429, "\(cookie)")
            }
            var own: [Int] = []
            for _ in 1...7 { own.append(try await server.login(eve.email, "a slip", [.cookie: String(device)]).status) }
            #expect(own.prefix(5).allSatisfy { $0 == 401 } && own.last == 429)
        }
    }

    @Test("a user's sessions are listed and ended, another user's are not")
    func sessions() async throws {
        try await withServer { server in
            let (first, second) = (try await server.person("a@b.c"), try await server.person("a@b.c"))
            let list = try await first.send(.get, "auth/sessions").json.elements
            #expect(list.map { $0["current"] } == [.bool(false), .bool(true)])
            let other = try #require(list[0]["id"]?.text)
            #expect(try await first.send(.delete, "auth/sessions/\(other)").status == 200)
            #expect(try await second.send(.get, "auth/me").status == 401)
            let stranger = try await server.person("eve@example.org")
            let session = try #require(try await stranger.send(.get, "auth/sessions").json.elements.first?["id"]?.text)
            #expect(try await first.send(.delete, "auth/sessions/\(session)").status == 404)
        }
    }

    @Test("after a refresh the old token is good for another minute, and of two at once both new ones are good")
    func refresh() async throws {
        try await withServer { server in
            let before = try await server.person("a@b.c")
            let tokens = try await twice { _ in try #require(try await before.send(.post, "auth/refresh").token) }
            #expect(Set(tokens + [before.token]).count == 3)
            for token in tokens + [before.token] {
                let again = Person(server: server, userID: before.userID, email: before.email, token: token)
                #expect(try await again.send(.get, "auth/me").status == 200)
            }
            let hash = try #require(Secret(before.token, .session)).hash
            let later = Timestamp.now() + .seconds(60)
            #expect(try await server.assembly.index.read { try $0.session(hash: hash, now: later) } == nil)
        }
    }

    @Test("signing out ends every session that the request shows, and takes the cookies away, also when there is none")
    func logout() async throws {
        try await withServer { server in
            let (first, second) = (try await server.person("a@b.c"), try await server.person("a@b.c"))
            let cookies = "__Host-placet=\(first.token); access_token=\(second.token)"
            for headers in [[.cookie: cookies], [.cookie: cookies], [:]] as [HTTPFields] {
                let answer = try await server.send(.post, "/api/auth/logout", headers)
                #expect(answer.status == 200)
                let gone = answer.headers[values: .setCookie]
                #expect(gone.count == 2 && gone.allSatisfy { $0.contains("=; Path=/; Max-Age=0") })
            }
            for person in [first, second] { #expect(try await person.send(.get, "auth/me").status == 401) }
            let elsewhere: HTTPFields = [.origin: "https://evil.example"]
            #expect(try await server.send(.post, "/api/auth/logout", elsewhere).status == 403)
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
            let accounts = AccountsModule(
                index: index,
                authenticator: KeyAuthenticator(index: index),
                audit: AuditQueue()
            )
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
