import App
import HTTP
import Hummingbird
import JSON
import NIOCore
import TestSupport
import Testing

@testable import Index

@Suite("What a password opens, and for how long")
struct ConfirmTests {
    @Test("keys, users and webhooks ask for a password that was given over an hour ago; what takes away does not")
    func asksAgain() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org", role: .owner)
            let owner = try await server.owner("ada@example.org")
            let other = try await server.person("eve@example.org").userID.rawValue
            let acts: [(HTTPRequest.Method, String, String?)] = [
                (.post, "api-keys", "{}"), (.post, "api-keys/\(owner.keyID)/rotate", nil),
                (.post, "users", #"{"email":"new@example.org","password":"12345678"}"#),
                (.patch, "users/\(other)", #"{"displayName":"Eve"}"#),
                (.put, "agents/\(owner.channel)/webhook", #"{"url":"https://h.example/"}"#),
                (.post, "agents", #"{"name":"a","webhookUrl":"https://h.example/"}"#),
                (.patch, "agents/\(owner.channel)", #"{"webhookUrl":"https://h.example/a"}"#),
                (.delete, "users/\(other)", nil),
            ]
            try await server.age(of: .seconds(3601), ada)
            for (method, path, body) in acts {
                let answer = try await ada.send(method, path, body)
                #expect(answer.status == 403, "\(path)")
                #expect(answer.json["errors"]?.elements.first?["code"] == .string("password_needed"), "\(path)")
            }
            #expect(try await ada.send(.post, "agents", #"{"name":"a"}"#).status == 201)
            #expect(try await ada.send(.patch, "agents/\(owner.channel)", #"{"webhookUrl":null}"#).status == 200)
            #expect(
                try await owner.send(
                    json: #"{"channelId":"\#(owner.channel)","url":"https://h.example/"}"#,
                    to: "/api/v1/agents/setWebhook"
                ).status == 200
            )

            #expect(try await ada.send(.post, "auth/confirm", #"{"password":"wrong horse"}"#).status == 401)
            #expect(try await ada.send(.post, "api-keys", "{}").status == 403)
            #expect(try await ada.send(.post, "auth/confirm", #"{"password":"\#(Person.password)"}"#).status == 200)
            for (method, path, body) in acts {
                let answer = try await ada.send(method, path, body)
                #expect((200...201).contains(answer.status), "\(path): \(answer.text)")
            }
        }
    }

    @Test("a refreshed session is as old as it was; signing in and another password begin a new hour")
    func stamps() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            try await server.age(of: .seconds(3601), ada)
            let refreshed = try await ada.send(.post, "auth/refresh")
            let token = try #require(refreshed.token)
            let later = Person(server: server, userID: ada.userID, email: ada.email, token: token)
            #expect(try await later.send(.post, "api-keys", "{}").status == 403)
            let change = #"{"currentPassword":"\#(Person.password)","newPassword":"battery staple"}"#
            #expect(try await later.send(.post, "auth/change-password", change).status == 200)
            #expect(try await later.send(.post, "api-keys", "{}").status == 201)
        }
    }

    @Test("a password that must be changed opens nothing but its change, which is another one")
    func mustChange() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org", role: .owner)
            try await server.assembly.index.write { tx in
                _ = try tx.execute("UPDATE users SET must_change_password = 1 WHERE id = ?", [ada.userID])
            }
            for (method, path) in [
                (HTTPRequest.Method.post, "api-keys"), (.get, "agents"), (.get, "users"), (.post, "auth/confirm"),
            ] {
                let answer = try await ada.send(method, path, method == .post ? "{}" : nil)
                #expect(answer.status == 403, "\(path)")
                #expect(answer.text.contains("POST /api/auth/change-password"), "\(path)")
            }
            #expect(try await ada.send(.get, "auth/me").status == 200)
            #expect(try await ada.send(.post, "auth/refresh").token != nil)
            func change(_ new: String, _ person: Person) async throws -> HTTPReply {
                let json = #"{"currentPassword":"\#(Person.password)","newPassword":"\#(new)"}"#
                return try await person.send(.post, "auth/change-password", json)
            }
            let again = try await server.person("ada@example.org")
            let same = try await change(Person.password, again)
            #expect(same.status == 400 && same.faults == ["newPassword"])
            #expect(try await again.send(.get, "agents").status == 403)
            #expect(try await change("battery staple", again).status == 200)
            #expect(try await again.send(.get, "agents").status == 200)
            #expect(try await again.send(.post, "auth/logout").status == 200)
        }
    }
}

extension TestServer {
    /// Makes it so long ago that a user gave the password.
    fileprivate func age(of age: Duration, _ person: Person) async throws {
        try await assembly.index.write { tx in
            let given = Timestamp(milliseconds: tx.now.milliseconds - age.components.seconds * 1000)
            _ = try tx.execute("UPDATE sessions SET password_given_at = ? WHERE user_id = ?", [given, person.userID])
        }
    }
}
