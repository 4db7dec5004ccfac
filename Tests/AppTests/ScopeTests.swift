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

@Suite("What a key opens")
struct ScopeTests {
    @Test("each route of agents is opened by the one scope that docs/api.md names, and others are told which")
    func routes() async throws {
        let page = testsFolder.deletingLastPathComponent().appending(path: "docs/api.md")
        let documented = Self.scopes(in: try String(contentsOf: page, encoding: .utf8))
        try await withServer { server in
            let target = try await server.target("ada@example.org")
            var keys: [(scope: String, key: String)] = []
            for scope in KeyScope.allCases.map(\.rawValue) {
                let json = #"{"label":"x","user":"ada@example.org","scope":["\#(scope)"]}"#
                let key = try await server.command(.post, "keys", json).json
                keys.append((scope, try #require(key["key"]?.text)))
            }
            var opens: [String: String] = [:]
            for visit in Visit.all where visit.wantsScope && !visit.isEndless {
                for (scope, key) in keys {
                    let answer = try await target.send(visit, [.apiKey: key])
                    if answer.status == 403 {
                        let sentence = answer.json["message"]?.text ?? ""
                        #expect(
                            visit.route.hasPrefix("HEAD") || sentence.contains("has not the scope"),
                            "\(answer.text)"
                        )
                    } else {
                        #expect(opens.updateValue(scope, forKey: Visit.pattern(visit.route)) == nil, "\(visit.route)")
                    }
                }
            }
            opens["GET /api/v1/events"] = "read"  // Endless.
            #expect(opens == documented)
        }
    }

    @Test("a key says what it is limited to, from its making on; unknown scopes and lifetimes are refused")
    func limits() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            let plain = try await ada.send(.post, "api-keys", "{}").json
            #expect(plain["scope"] == .null && plain["expiresAt"] == .null)
            let json = #"{"scope":["send","read","send"],"expiresInSeconds":86400}"#
            let made = try await ada.send(.post, "api-keys", json).json
            #expect(made["scope"]?.elements.compactMap(\.text) == ["read", "send"])
            let expiry = try #require(made["expiresAt"]?.text.flatMap { Timestamp(rfc3339: $0) })
            #expect(abs(expiry.milliseconds - Timestamp.now().milliseconds - 86_400_000) < 60_000)
            for wrong in [
                #"{"scope":["admin"]}"#, #"{"scope":[]}"#, #"{"scope":"read"}"#, #"{"expiresInSeconds":0}"#,
                #"{"expiresInSeconds":315360001}"#,
            ] {
                #expect(try await ada.send(.post, "api-keys", wrong).status == 400, "\(wrong)")
            }
        }
    }

    @Test("a mistyped limit is refused by its name, and no key without it is made; so are mistyped rights of users")
    func mistyped() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org", role: .owner)
            for (path, json, fault) in [
                ("api-keys", #"{"scopes":["read"]}"#, "scopes"),
                ("api-keys", #"{"label":"x","expiresAt":1}"#, "expiresAt"),
                ("users", #"{"email":"eve@example.org","Role":"member"}"#, "Role"),
            ] {
                let answer = try await ada.send(.post, path, json)
                #expect(answer.status == 400 && answer.faults == [fault], "\(json): \(answer.text)")
            }
            let users = try await ada.send(.get, "users").json
            let id = try #require(users.elements.first?["id"]?.text)
            let change = try await ada.send(.patch, "users/\(id)", #"{"roles":"member"}"#)
            #expect(change.status == 400 && change.faults == ["roles"])
            #expect(try await server.command(.post, "keys", #"{"label":"x","scopes":["read"]}"#).status == 400)
            #expect(try await ada.send(.get, "api-keys").json.elements.isEmpty)
            #expect(try await ada.send(.get, "users").json == users)
            #expect(!users.elements.contains { $0["email"] == .string("eve@example.org") })
        }
    }

    @Test("a key that may send and not read does not learn an answer by repeating the question")
    func repeats() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let question = #""channelId":"\#(owner.channel)","clientId":"c","text":"Go?","review":{"type":"approval"}"#
            let asked = try await owner.send(json: "{\(question)}", to: "/api/v1/messages")
            let id = try #require(asked.json["id"]?.text)
            let answer = #"{"response":{"selectedOption":"SECRET"},"feedback":"SECRET"}"#
            #expect(try await person.send(.post, "messages/\(id)/respond", answer).status == 201)
            for (scope, isTold) in [("send", false), ("send\",\"read", true)] {
                let key = try await person.send(.post, "api-keys", #"{"scope":["\#(scope)"]}"#).json["key"]?.text
                let answer = try await server.send(
                    .post,
                    "/api/v1/messages",
                    [.apiKey: try #require(key), .contentType: "application/json"],
                    body: ByteBuffer(string: "{\(question)}")
                )
                #expect(answer.status == 201 && answer.json["id"]?.text == id, "\(answer.text)")
                #expect(answer.json["review"]?["status"] == .string("completed"))
                #expect(answer.text.contains("SECRET") == isTold, "\(answer.text)")
            }
        }
    }

    /// `METHOD /api/v1/path` of each row of the table of scopes, with its scope.
    private static func scopes(in page: String) -> [String: String] {
        var scopes: [String: String] = [:]
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let scope = cells[0].trimmingCharacters(in: ["`"])
            guard cells.count == 2, KeyScope(rawValue: scope) != nil else { continue }
            for route in cells[1].split(separator: ",") {
                let words = route.split(separator: " ").map { $0.trimmingCharacters(in: ["`"]) }
                for method in words[0].split(separator: "/") {
                    scopes[Visit.pattern("\(method) /api/v1\(words[1])")] = scope
                }
            }
        }
        return scopes
    }
}
