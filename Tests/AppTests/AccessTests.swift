import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Who may do what")
struct AccessTests {
    @Test("every route is open or tried below")
    func visitsAreComplete() async throws {
        try await withServer { server in
            let routes = server.assembly.routers.table.routes.map { "\($0.method) \($0.path)" }
            let tried = Set(routes).subtracting(Visit.open).map(Visit.pattern)
            #expect(tried.sorted() == Visit.all.map { Visit.pattern($0.route) }.sorted())
        }
    }

    @Test("no route of agents opens without a valid key; nothing changes, and the owner then still can")
    func keys() async throws {
        try await withServer { server in
            let (target, retired) = (try await server.target("ada@example.org"), try await server.owner())
            let (key, session) = (target.agent.key, target.person.token)
            #expect(try await retired.send(.get, "/api/v1/agents").status == 200)
            #expect(try await server.command(.delete, "keys/\(retired.keyID)").status == 200)
            try await refuse(
                [
                    ("no key", [:]),
                    ("an empty key", [.apiKey: ""]),
                    ("an unknown key", [.apiKey: "hp_" + String(repeating: "A", count: 43)]),
                    ("half a key", [.apiKey: String(key.dropLast())]),
                    ("a revoked key", [.apiKey: retired.key]),
                    ("a revoked bearer", [.authorization: "Bearer " + retired.key]),
                    ("the id of a key", [.apiKey: target.agent.keyID]),
                    ("a session as a key", [.apiKey: session]),
                    ("a session as bearer", [.authorization: "Bearer " + session]),
                    ("a session's cookie", [.cookie: "access_token=" + session]),
                ],
                by: target,
                Visit.all.filter(\.isForAgents)
            )
            for visit in Visit.all where visit.isForAgents && !visit.isEndless {
                let answer = try await target.send(visit, [.authorization: "bEARER   " + key])
                let isRight = visit.own.map { answer.status == $0 } ?? (200...204).contains(answer.status)
                #expect(isRight, "\(visit.route): \(answer.status) \(answer.text)")
            }
        }
    }

    @Test("no route of people opens without a valid session; nothing changes, and the owner then still can")
    func sessions() async throws {
        try await withServer { server in
            let target = try await server.target("ada@example.org")
            let (key, userID) = (target.agent.key, target.person.userID)
            let (expired, revoked) = (
                try await server.session(of: userID, lifetime: .zero), try await server.session(of: userID)
            )
            _ = try await server.send(.post, "/api/auth/logout", [.authorization: "Bearer " + revoked])
            try await refuse(
                [
                    ("no session", [:]),
                    ("an empty cookie", [.cookie: "access_token="]),
                    ("an unknown session", [.cookie: "access_token=hs_" + String(repeating: "A", count: 43)]),
                    ("half a session", [.cookie: "access_token=" + target.person.token.dropLast()]),
                    ("an agent's key", [.apiKey: key]),
                    ("an agent's key as bearer", [.authorization: "Bearer " + key]),
                    ("an agent's key as cookie", [.cookie: "access_token=" + key]),
                    ("an expired session", [.cookie: "access_token=" + expired]),
                    ("a revoked session", [.cookie: "access_token=" + revoked]),
                    ("a revoked bearer", [.authorization: "Bearer " + revoked]),
                ],
                by: target,
                Visit.all.filter { !$0.isForAgents }
            )
            for visit in Visit.all where !visit.isForAgents && !visit.isEndless {
                let session = try await server.session(of: userID)
                let answer = try await target.send(visit, [.cookie: "access_token=" + session])
                let isRight = visit.own.map { answer.status == $0 } ?? (200...204).contains(answer.status)
                #expect(isRight, "\(visit.route): \(answer.status) \(answer.text)")
            }
        }
    }

    private func refuse(_ credentials: [(String, HTTPFields)], by target: Target, _ visits: [Visit]) async throws {
        let before = try await target.person.server.census()
        for visit in visits {
            for (name, headers) in credentials {
                let answer = try await target.send(visit, headers)
                #expect(answer.status == 401, "\(visit.route) with \(name)")
                #expect(answer.headers[.wwwAuthenticate] != nil, "\(visit.route) with \(name)")
            }
        }
        #expect(try await target.person.server.census() == before)
    }

    @Test("nobody reaches another user's things, nor changes them by trying; members do not administer")
    func otherUsers() async throws {
        try await withServer { server in
            let target = try await server.target("ada@example.org")
            let (eve, agent) = (try await server.person("eve@example.org"), try await server.owner("eve@example.org"))
            let (owner, file) = (target.agent, try #require(target.names[":file"]))
            let before = try await server.census()
            // What the server may remember of the owner's download must not serve the stranger.
            #expect(try await owner.download(file).status == 200)

            for visit in Visit.all where visit.foreign >= 400 || !visit.isEndless {
                let session = try await server.session(of: eve.userID)
                let credentials: HTTPFields =
                    visit.isForAgents ? [.apiKey: agent.key] : [.cookie: "access_token=\(session)"]
                let answer = try await target.send(visit, credentials)
                #expect(answer.status == visit.foreign, "\(visit.route): \(answer.text)")
                // The path is the sender's own word.
                let said = answer.json["path"]?.text.map { answer.text.replacing($0, with: "") } ?? answer.text
                for thing in [owner.channel, file, target.person.email] {
                    #expect(!said.contains(thing), "\(visit.route)")
                }
                if visit.foreign == 403, !visit.route.hasPrefix("HEAD") {
                    let isAdministration = visit.route.contains(/\/(users|admin)/)
                    let reason = isAdministration ? "Only an owner may do this" : "Not your agent"
                    #expect(answer.json["message"] == .string(reason), "\(visit.route)")
                } else if visit.foreign == 404, visit.route.contains(":channel") {
                    #expect(answer.json["message"] == .string("Agent not found"), "\(visit.route)")
                }
            }
            #expect(try await server.census() == before)
            #expect(try await owner.download(file).text == "mine")
        }
    }

    @Test("the ids of another user's things lead nowhere in one's own channel, and do nothing to them")
    func foreignIDs() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let (file, message) = (try await owner.storedID("mine"), try await owner.ask())
            _ = try await owner.post(#""text":"a","streamId":"s""#)
            let before = try await server.census()
            let channel = stranger.channel
            let cases: [(HTTPRequest.Method, String, String?, Int)] = [
                (.get, "messages/\(message)?channel=\(channel)", nil, 404),
                (.delete, "messages/\(message)?channel=\(channel)", nil, 404),
                (.post, "messages/\(message)/ack?channel=\(channel)", nil, 404),
                (.get, "messages/iterations/\(message)?channel=\(channel)", nil, 404),
                (.get, "reviews/\(message)?channel=\(channel)", nil, 404),
                (.get, "reviews/\(message)/wait?channel=\(channel)", nil, 404),
                (.post, "messages", #"{"channelId":"\#(channel)","attachmentIds":["\#(file)"]}"#, 400),
                (.post, "messages", #"{"channelId":"\#(channel)","text":"a","iterationOf":"\#(message)"}"#, 400),
                (.patch, "messages/streams/s", #"{"channelId":"\#(channel)","text":"b"}"#, 404),
            ]
            for (method, path, json, status) in cases {
                let body = json.map { ByteBuffer(string: $0) }
                let answer = try await stranger.send(method, "/api/v1/\(path)", body: body)
                #expect(answer.status == status, "\(method) \(path)")
                // The same as for an id that nobody has.
                let unknown = path.replacing(message, with: Message.ID.make().rawValue)
                #expect(try await stranger.send(method, "/api/v1/\(unknown)", body: body).status == status, "\(path)")
            }
            #expect(try await server.census() == before)
            let draft = try await owner.get("messages", "&limit=1").json["data"]?.elements.first
            #expect(draft?["text"] == .string("a"))
        }
    }

    @Test("an id of another user's file is no place to page on from, and what one has of equal bytes is one's own")
    func foreignFiles() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let file = try await owner.storedID("only for one")
            for path in ["files?cursor=\(file)", "files?channel=\(stranger.channel)&cursor=\(file)"] {
                #expect(try await stranger.send(.get, "/api/v1/\(path)").text == "[]")
            }
            let agents = try await stranger.send(.get, "/api/v1/agents").json.elements
            #expect(agents.map { $0["id"]?.text } == [stranger.channel])

            let own = try await stranger.storedID("only for one")
            #expect(own != file)
            #expect(try await stranger.send(.delete, "/api/v1/files/\(own)").status == 200)
            #expect(try await owner.download(file).text == "only for one")
        }
    }

    @Test("two keys of one user see the same channels and files")
    func sameUser() async throws {
        try await withServer { server in
            let (first, second) = (try await server.owner(), try await server.owner())
            let id = try await first.storedID("ours")
            #expect(try await second.download(id).text == "ours")
            let agents = try await second.send(.get, "/api/v1/agents").json.elements
            #expect(agents.compactMap { $0["id"]?.text } == [second.channel, first.channel])
        }
    }

    // MARK: Rate limits

    @Test("a key that asks too often gets 429 and when to come again; other keys are not hindered")
    func keyLimit() async throws {
        try await withServer(["PLACET_RATE_LIMIT": "1"]) { server in
            let (owner, other) = (try await server.owner(), try await server.owner())
            var answer = try await owner.send(.get, "/api/v1/agents")
            for _ in 1...50 where answer.status == 200 { answer = try await owner.send(.get, "/api/v1/agents") }
            #expect(answer.status == 429)
            #expect(answer.headers[.retryAfter].flatMap { Int($0) } ?? 0 >= 1)
            #expect(answer.json["message"]?.text?.hasPrefix("Too many requests") == true)
            #expect(try await other.send(.get, "/api/v1/agents").status == 200)
        }
    }

    @Test(
        "open pages are counted by address, wrong keys and links too; a flood hinders no monitor, no link, no valid key"
    )
    func addressLimit() async throws {
        try await withServer(["PLACET_RATE_LIMIT": "1"]) { server in
            let (ada, agent) = try await server.pair()
            let file = try await agent.storedID("shared")
            let url = try #require(try await ada.send(.get, "files/\(file)/share").json["url"]?.text)
            let link = try #require(url.firstRange(of: "/api/")).lowerBound
            func statuses(_ path: String, _ headers: HTTPFields = [:]) async throws -> [Int] {
                var statuses: [Int] = []
                while statuses.last != 429, statuses.count < 500 {
                    statuses.append(try await server.send(.get, path, headers).status)
                }
                return statuses
            }
            let pages = try await statuses("/openapi.json")
            #expect(pages.count > 3 && pages.dropLast().allSatisfy { $0 == 200 } && pages.last == 429)
            let links = try await statuses("/api/share/hl_wrong")
            #expect(links.dropLast().allSatisfy { $0 == 404 } && links.last == 429)
            let wrong = try await statuses("/api/v1/agents", [.apiKey: "hp_wrong"])
            #expect(wrong.dropLast().allSatisfy { $0 == 401 } && wrong.last == 429)

            for _ in 1...10 { #expect(try await server.send(.get, "/health").status == 200) }
            #expect(try await server.send(.get, String(url[link...])).status == 200)
            #expect(try await agent.send(.get, "/api/v1/agents").status == 200)
            // Whoever shows nothing, or a session that has ended, must learn to sign in.
            #expect(try await server.send(.get, "/api/v1/agents").status == 401)
            #expect(try await server.send(.get, "/api/auth/me").status == 401)
            let ended: HTTPFields = [.cookie: "access_token=\(Secret(.session).text)"]
            #expect(try await server.send(.get, "/api/auth/me", ended).status == 401)
            #expect(try await server.login(ada.email, Person.password).status == 200)
        }
    }

    // MARK: Order of checks

    @Test("401 comes before everything, 400 before 403, 403 before 404")
    func order() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let foreign = try await stranger.storedID("theirs")

            // 401 before 400, 403 and 404
            #expect(try await server.send(.get, "/api/v1/files").status == 401)
            #expect(try await server.send(.get, "/api/v1/files?channel=\(stranger.channel)&limit=abc").status == 401)
            #expect(try await server.send(.get, "/api/v1/files/unknown").status == 401)
            #expect(try await server.send(.post, "/api/v1/files/store", body: ByteBuffer(string: "x")).status == 401)
            #expect(try await server.send(.post, "/api/v1/agents", body: ByteBuffer(string: "x")).status == 401)
            // 400 before 403
            #expect(try await owner.send(.get, "/api/v1/files?channel=\(stranger.channel)&limit=abc").status == 400)
            #expect(try await owner.send(.get, "/api/v1/files?channel=\(stranger.channel)&cursor=abc").status == 400)
            #expect(try await owner.send(Form(.channel(stranger.channel))).status == 400)
            let json = #"{"channelId":"\#(stranger.channel)","content":3}"#
            #expect(try await owner.send(json: json, to: "/api/v1/files/store-text").status == 400)
            #expect(try await owner.download(foreign, query: "?disposition=x").status == 400)
            // 400 before 404
            #expect(try await owner.download("unknown", query: "?disposition=x").status == 400)
            // 403 before conditions and ranges, which would tell about the bytes
            #expect(try await owner.download(foreign, [.ifMatch: #""x""#]).status == 403)
            let asked = try await owner.send(.head, "/api/v1/files/\(foreign)/download", [.ifNoneMatch: "*"])
            #expect(asked.status == 403 && asked.headers[.eTag] == nil)
            #expect(try await owner.download(foreign, [.range: "bytes=99-"]).status == 403)
        }
    }

    // MARK: Routes

    private static let wrongMethods: [(HTTPRequest.Method, String, String)] = [
        (.put, "/api/v1/files/x", "DELETE, GET, HEAD"), (.post, "/api/v1/files/x", "DELETE, GET, HEAD"),
        (.post, "/api/v1/files", "GET, HEAD"), (.put, "/api/v1/files", "GET, HEAD"),
        (.delete, "/api/v1/files/upload", "POST"), (.post, "/api/v1/files/x/download", "GET, HEAD"),
        (.delete, "/health", "GET, HEAD"),
    ]

    @Test(
        "an unknown path is 404, and is told without its query",
        arguments: [
            "/api/v1", "/api/v1/files/x/y", "/api/v1/files/x/download/more", "/api/v1/nothing", "/api/v2/files",
            "/local/keys", "/nothing", "/../../etc/passwd",
        ]
    )
    func unknownPath(path: String) async throws {
        try await withServer { server in
            let answer = try await server.owner().send(.get, path + "?secret=1")
            #expect(answer.status == 404)
            #expect(answer.headers[.allow] == nil)
            #expect(answer.json["path"] == .string(path))
        }
    }

    @Test("a wrong method is 405 with the right ones in Allow")
    func wrongMethod() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (method, path, allow) in Self.wrongMethods {
                let answer = try await owner.send(method, path + "?secret=1")
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.headers[.allow] == allow, "\(method) \(path)")
                #expect(answer.json["path"] == .string(path), "\(method) \(path)")
            }
        }
    }

    // MARK: The log

    @Test("a request is one line with its route; no line has a key, a query, a body or a name")
    func log() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            _ = try await owner.send(
                Form(.channel(owner.channel), .text("secret-text"), .file([1], "secret-name")),
                to: "upload"
            )
            let id = try await owner.storedID("secret-content")
            _ = try await owner.download(id, query: "?disposition=inline&token=secret-query")
            _ = try await owner.send(.get, "/api/v1/files?channel=secret-channel")

            let lines = server.log.lines
            let requests = lines.filter { $0.contains("/api/v1/files/{id}/download") }
            #expect(requests.count == 1)
            #expect(requests.first?.contains("status=200") == true)
            #expect(requests.first?.contains("caller=key:\(owner.keyID)") == true)
            #expect(lines.filter { $0.contains("secret") || $0.contains(owner.key) }.isEmpty)
        }
    }
}
