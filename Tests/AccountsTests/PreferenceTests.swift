import App
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

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
