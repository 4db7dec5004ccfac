import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@testable import Notices

@Suite("What people want to hear of")
struct NoticeRouteTests {
    private static let quiet = #"{"from":"22:00","to":"07:00","timeZone":"Europe/Berlin"}"#

    @Test("Before anything is chosen, questions, reminders and problems are told, nowhere")
    func defaults() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            let answer = try await ada.send(.get, "notifications")
            #expect(answer.status == 200)
            let json = answer.json
            #expect(
                json["settings"]
                    == .object([
                        "kinds": .array([.string("question"), .string("reminder"), .string("problem")]),
                        "mutedChannels": .array([]), "quietHours": .null, "hideText": .bool(false), "ntfy": .null,
                        "email": .bool(false),
                    ])
            )
            #expect(json["emailAvailable"] == .bool(false) && json["publicUrl"] == .null)
            #expect(json["subscriptions"] == .array([]))
            // An uncompressed point has 65 bytes. It stays the same, or all browsers would have to subscribe anew.
            #expect(json["pushKey"]?.text?.count == 87)
            #expect(try await ada.send(.get, "notifications").json["pushKey"] == json["pushKey"])
        }
    }

    @Test("The settings are replaced as a whole; the token of ntfy is never shown, stays for its URL and no other")
    func replaced() async throws {
        try await withServer(["PLACET_PUBLIC_URL": "https://placet.example.org/"]) { server in
            let (ada, agent) = (try await server.person("ada@example.org"), try await server.owner("ada@example.org"))
            func put(_ ntfy: String) async throws -> JSONValue {
                let json = #"""
                    {"kinds":["message","question"],"mutedChannels":["\#(agent.channel)"],"hideText":true,
                    "quietHours":\#(Self.quiet),"ntfy":\#(ntfy)}
                    """#
                let answer = try await ada.send(.put, "notifications", json)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(!answer.text.contains("tk_hush"))
                #expect(try await ada.send(.get, "notifications").json == answer.json)
                return answer.json
            }
            let set = try await put(#"{"url":"https://ntfy.example/a-topic","token":"tk_hush"}"#)
            #expect(set["publicUrl"] == .string("https://placet.example.org"))
            let settings = try #require(set["settings"])
            #expect(settings["kinds"] == .array([.string("question"), .string("message")]))
            #expect(settings["quietHours"] == (try JSONValue(text: Self.quiet)))
            #expect(settings["mutedChannels"] == .array([.string(agent.channel)]))
            func hasToken(_ ntfy: String) async throws -> Bool {
                try await put(ntfy)["settings"]?["ntfy"]?["hasToken"] == .bool(true)
            }
            #expect(settings["ntfy"]?["hasToken"] == .bool(true))
            #expect(try await hasToken(#"{"url":"https://ntfy.example/a-topic"}"#))
            #expect(try await !hasToken(#"{"url":"https://ntfy.example/a-topic","token":null}"#))
            #expect(try await hasToken(#"{"url":"https://ntfy.example/a-topic","token":"tk_hush"}"#))
            #expect(try await !hasToken(#"{"url":"https://other.example/a-topic"}"#))
            let none = try await ada.send(.put, "notifications", #"{"kinds":[]}"#)
            #expect(none.json["settings"]?["ntfy"] == .null && none.json["settings"]?["quietHours"] == .null)
        }
    }

    @Test(
        "What makes no sense is 400, and names the member",
        arguments: [
            ("{}", "kinds"), (#"{"kinds":["all"]}"#, "kinds"),
            (#"{"kinds":[],"quietHours":{"from":"24:00","to":"07:00","timeZone":"UTC"}}"#, "quietHours.from"),
            (#"{"kinds":[],"quietHours":{"from":"7:00","to":"08:00","timeZone":"UTC"}}"#, "quietHours.from"),
            (#"{"kinds":[],"quietHours":{"from":"07:00","to":"07:00","timeZone":"UTC"}}"#, "quietHours.to"),
            (#"{"kinds":[],"quietHours":{"from":"06:00","to":"07:00","timeZone":"Mars/Base"}}"#, "quietHours.timeZone"),
            (#"{"kinds":[],"quietHours":{"from":"06:00","to":"07:00","timeZone":"../passwd"}}"#, "quietHours.timeZone"),
            (#"{"kinds":[],"ntfy":{"url":"https://ntfy.sh/"}}"#, "ntfy.url"),
            (#"{"kinds":[],"ntfy":{"url":"https://ntfy.sh/a?b"}}"#, "ntfy.url"),
            (#"{"kinds":[],"ntfy":{"url":"ftp://ntfy.sh/a"}}"#, "ntfy.url"),
            (#"{"kinds":[],"ntfy":{"url":"https://ntfy.sh/a","token":"a\r\nb: c"}}"#, "ntfy.token"),
            (#"{"kinds":[],"email":true}"#, "email"),
            (#"{"kinds":[],"mutedChannels":[""]}"#, "mutedChannels"),
        ]
    )
    func refused(json: String, name: String) async throws {
        try await withServer { server in
            let answer = try await server.person("ada@example.org").send(.put, "notifications", json)
            #expect(answer.status == 400)
            let paths = answer.json["errors"]?.elements.map { error in
                error["path"]?.elements.compactMap(\.text).joined(separator: ".")
            }
            #expect(paths?.contains(name) == true, "\(answer.text)")
        }
    }

    @Test("A browser subscribes, once, and can be removed by its user alone; who signs in there later takes it over")
    func subscriptions() async throws {
        try await withServer { server in
            let (ada, bob) = (try await server.person("ada@example.org"), try await server.person("bob@example.org"))
            let json = try TestBrowser().subscription("https://push.example/send/abc")
            let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
            let first = try await ada.send(.post, "notifications/subscriptions", json, [.userAgent: agent])
            #expect(first.status == 201 && first.json["service"] == .string("push.example"))
            #expect(first.json["name"] == .string("Firefox on Linux") && !first.text.contains("abc"))
            #expect(first.json["lastUsedAt"] == .null)
            let again = try await ada.send(.post, "notifications/subscriptions", json)
            #expect(again.status == 200 && again.json == first.json)
            #expect(try await ada.send(.get, "notifications").json["subscriptions"] == .array([first.json]))
            let id = try #require(first.json["id"]?.text)
            #expect(try await bob.send(.delete, "notifications/subscriptions/\(id)").status == 404)
            #expect(try await bob.send(.post, "notifications/test", #"{"to":"\#(id)"}"#).status == 404)
            let taken = try await bob.send(.post, "notifications/subscriptions", json)
            #expect(taken.status == 201)
            #expect(try await ada.send(.get, "notifications").json["subscriptions"] == .array([]))
            let ofBob = try #require(taken.json["id"]?.text)
            #expect(try await bob.send(.delete, "notifications/subscriptions/\(ofBob)").status == 204)
            #expect(try await bob.send(.delete, "notifications/subscriptions/\(ofBob)").status == 404)
        }
    }

    @Test("The twenty-first browser is 409; keys that are none are 400")
    func badSubscriptions() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            func subscribe(_ json: String) async throws -> Int {
                try await ada.send(.post, "notifications/subscriptions", json).status
            }
            let browser = try TestBrowser()
            for number in 1...NoticeWay.mostSubscriptions {
                #expect(try await subscribe(browser.subscription("https://p.example/\(number)")) == 201)
            }
            #expect(try await subscribe(browser.subscription("https://p.example/21")) == 409)
            #expect(try await subscribe(browser.subscription("https://p.example/1")) == 200)
            let good = browser.subscription("https://p.example/1")
            let point = browser.p256dh.base64URLEncodedString()
            for bad in [
                good.replacing(point, with: "B" + String(repeating: "A", count: 86)), good.replacing(point, with: "BA"),
                good.replacing("https:", with: "ftp:"), #"{"endpoint":"https://p.example/1"}"#,
            ] { #expect(try await subscribe(bad) == 400, "\(bad)") }
        }
    }

    @Test("A test of what is not set up is 404; one that leads inside is refused, and says how that is allowed")
    func tests() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            for to in ["ntfy", "email", "push", "nobody"] {
                #expect(try await ada.send(.post, "notifications/test", #"{"to":"\#(to)"}"#).status == 404)
            }
            let json = #"{"kinds":[],"ntfy":{"url":"http://127.0.0.1:9/topic","token":"tk_hush"}}"#
            _ = try await ada.send(.put, "notifications", json)
            let inside = try await ada.send(.post, "notifications/test", #"{"to":"ntfy"}"#)
            #expect(inside.status == 200 && inside.json["status"] == .null)
            #expect(inside.json["error"]?.text?.contains("PLACET_WEBHOOK_ALLOW") == true)
            let browser = try TestBrowser().subscription("http://169.254.169.254/latest")
            let id = try await ada.send(.post, "notifications/subscriptions", browser).json["id"]?.text ?? ""
            let cloud = try await ada.send(.post, "notifications/test", #"{"to":"\#(id)"}"#)
            #expect(cloud.json["error"]?.text?.contains("PLACET_WEBHOOK_ALLOW") == true)
        }
    }
}
