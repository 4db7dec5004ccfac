import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import Testing

@Suite("Files of people")
struct FilesOfPeopleTests {
    @Test("the list has the files of all own channels, newest first, with their messages, and is filtered and paged")
    func list() async throws {
        try await withServer { server in
            let (ada, first, second) = try await server.personWithTwoChannels()
            let stranger = try await server.owner("eve@example.org")
            _ = try await stranger.store("hers")
            let stored = try await first.storedID("a log")
            let picture = try #require(try await second.store(try sample("pixel.png"), "Übersicht_1.png")["id"]?.text)
            let form = Form(.channel(second.channel), .file([0, 1], "x%y.bin"), .text("look"))
            let sent = try #require(try await second.send(form, to: "upload").json["id"]?.text)

            func ids(_ query: String = "") async throws -> [String?] {
                let answer = try await ada.send(.get, "files\(query)")
                #expect(answer.status == 200, "\(answer.text)")
                return (answer.json["data"]?.elements ?? []).map { $0["id"]?.text }
            }
            #expect(try await ids() == [sent, picture, stored])
            #expect(try await ids("?agent=\(first.channel)") == [stored])
            for query in ["type=image/", "type=IMAGE/PNG", "search=_", "search=%C3%BCBER"] {
                #expect(try await ids("?\(query)") == [picture], "\(query)")
            }
            #expect(try await ids("?type=mage") == [])
            #expect(try await ids("?search=%25") == [sent])
            #expect(try await ids("?search=*") == [])

            let page = try await ada.send(.get, "files?limit=2").json
            #expect(page["data"]?.elements.map { $0["id"]?.text } == [sent, picture])
            let message = try #require(page["data"]?.elements.first?["message"])
            #expect(message["channelId"] == .string(second.channel) && message["createdAt"]?.text != nil)
            #expect(page["data"]?.elements.last?["message"] == .null)
            let cursor = try #require(page["nextCursor"]?.text)
            // The row of the cursor may go, and newer ones may come.
            #expect(try await ada.send(.delete, "files/\(picture)").json == .object(["message": .string("Deleted")]))
            _ = try await first.storedID("newer")
            let rest = try await ada.send(.get, "files?limit=2&cursor=\(cursor)").json
            #expect(rest["data"]?.elements.map { $0["id"]?.text } == [stored] && rest["nextCursor"] == .null)
        }
    }

    @Test(
        "thirty files are listed unless a limit says otherwise; what is wrong with a query is 400, a foreign agent 403"
    )
    func limits() async throws {
        try await withServer { server in
            let (ada, first, _) = try await server.personWithTwoChannels()
            for _ in 0..<31 { _ = try await first.storedID("same") }
            let page = try await ada.send(.get, "files").json
            #expect(page["data"]?.elements.count == 30 && page["nextCursor"] != .null)
            for query in [
                "limit=0", "limit=abc", "cursor=x", "search=%00", "type=\(String(repeating: "a", count: 1001))",
            ] {
                #expect(try await ada.send(.get, "files?\(query)").status == 400, "\(query)")
            }
            let stranger = try await server.owner("eve@example.org")
            #expect(try await ada.send(.get, "files?agent=\(stranger.channel)").status == 403)
            #expect(try await ada.send(.get, "files?agent=nobody").status == 403)
        }
    }

    @Test("a person's upload is a message of theirs that the webhook is told of; what they store can be attached")
    func upload() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            _ = try await agent.send(
                json: #"{"channelId":"\#(agent.channel)","url":"https://hooks.example.org/a"}"#,
                to: "/api/v1/agents/setWebhook"
            )
            let form = Form(.text("with my marks"), .file(Array("text".utf8), "notes.md"), .channel(agent.channel))
            let sent = try await ada.send(form, to: "upload")
            #expect(sent.status == 201 && sent.json["mimeType"] == .string("text/markdown"))
            let id = try #require(sent.json["messageId"]?.text)
            let message = try await agent.get("messages/\(id)").json
            #expect(message["senderType"] == .string("user") && message["senderId"] == .string(ada.userID))
            #expect(message["text"] == .string("with my marks"))
            let queued = try await server.assembly.index.read { try $0.deliveries(messageID: id) }
            #expect(queued.map(\.event) == [.messageCreated])

            let stored = try await ada.send(form, to: "store")
            #expect(stored.status == 201 && stored.json["messageId"] == .null)
            let json = #"{"channelId":"\#(agent.channel)","attachmentIds":["\#(stored.json["id"]?.text ?? "")"]}"#
            #expect(try await ada.send(.post, "messages", json).status == 201)
            let read = try await ada.send(.get, "files/\(sent.json["id"]?.text ?? "")")
            #expect(read.json == sent.json)
            let bytes = try await ada.send(
                .get,
                "files/\(sent.json["id"]?.text ?? "")/download",
                nil,
                [.range: "bytes=0-1"]
            )
            #expect(bytes.status == 206 && bytes.text == "te")
        }
    }

    @Test("many are deleted at once or none; those that are gone count nothing, a missing list deletes nothing")
    func bulkDelete() async throws {
        try await withServer { server in
            let (ada, first, second) = try await server.personWithTwoChannels()
            let foreign = try await server.owner("eve@example.org").storedID("hers")
            let ids = [try await first.storedID("1"), try await second.storedID("2"), try await first.storedID("3")]
            func delete(_ json: String) async throws -> Answer { try await ada.send(.post, "files/bulk-delete", json) }
            func list(_ ids: [String]) -> String { #"{"ids":["\#(ids.joined(separator: #"",""#))"]}"# }
            let before = try await server.census()
            for json in [
                "{}", #"{"ids":[]}"#, #"{"ids":null}"#, #"{"ids":[1]}"#, list(Array(repeating: "a", count: 1001)),
            ] {
                #expect(try await delete(json).status == 400)
            }
            let refused = try await delete(list(ids + [foreign]))
            #expect(refused.status == 403 && refused.json["message"] == .string("Not your agent"))
            #expect(try await server.census() == before)

            let gone = try await delete(list([ids[0], ids[1], ids[0], "no-such-file"]))
            #expect(gone.status == 201 && gone.json == .object(["message": .string("Deleted 2 file(s)")]))
            #expect(try await ada.send(.get, "files/\(ids[0])").status == 404)
            #expect(try await ada.send(.get, "files/\(ids[2])").status == 200)
        }
    }

    @Test("files of a deleted agent, whose rows are still there, are nobody's to delete")
    func deletedAgent() async throws {
        try await withServer { server in
            let (ada, _, _) = try await server.personWithTwoChannels()
            let stranger = try await server.owner("eve@example.org")
            let file = try await stranger.storedID("hers")
            #expect(try await stranger.send(.delete, "/api/v1/agents/\(stranger.channel)").status == 200)
            let count = try await server.census().attachments
            let answer = try await ada.send(.post, "files/bulk-delete", #"{"ids":["\#(file)"]}"#)
            #expect(answer.json["message"] == .string("Deleted 0 file(s)"))
            #expect(try await server.census().attachments == count)
            let index = server.assembly.index
            #expect(try await !index.write { tx in try tx.deleteAttachment(id: file, userID: ada.userID) })
        }
    }

    @Test("a file that is deleted out of a message is a change of that message")
    func announced() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let sent = try await agent.send(Form(.channel(agent.channel), .file([1], "a")), to: "upload").json
            let (start, index) = (server.assembly.index.lastChangeNumber, server.assembly.index)
            #expect(try await ada.send(.delete, "files/\(sent["id"]?.text ?? "")").status == 200)
            let changes = index.changes(of: .channel(agent.channel), after: start)?.changes.map(\.change)
            let expected = Change(.messageUpdated, channelID: agent.channel, messageID: sent["messageId"]?.text)
            #expect(changes == [expected])
        }
    }
}

@Suite("Share links")
struct ShareTests {
    @Test("whoever has the link gets the bytes as a download, whatever they are, until it is ended")
    func lifecycle() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let page = "<!doctype html><script>alert(1)</script>"
            let id = try #require(try await agent.store(Array(page.utf8), "page.html")["id"]?.text)
            let made = try await ada.send(.get, "files/\(id)/share", nil, [.init("x-forwarded-proto")!: "https"])
            #expect(made.status == 200 && made.json["expiresIn"] == .integer(3600))
            #expect(made.headers[.cacheControl] == "no-store")
            let link = try #require(made.json["url"]?.text?.path)

            let answer = try await server.send(.get, link)
            #expect(answer.status == 200 && answer.text == page)
            #expect(answer.headers[.contentDisposition]?.hasPrefix("attachment;") == true)
            #expect(answer.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(
                try await server.send(.get, link + "?disposition=inline").headers[.contentDisposition]?
                    .hasPrefix("attachment;") == true
            )
            #expect(try await server.send(.head, link).headers[.contentLength] == "\(page.utf8.count)")
            #expect(try await server.send(.get, link, [.range: "bytes=-9"]).text == "</script>")

            #expect(
                try await ada.send(.head, "files/\(id)/share").status == 200,
                "makes no link, which it could not tell"
            )
            let list = try await ada.send(.get, "files/\(id)/shares").json.elements ?? []
            #expect(list.count == 1 && list[0].names == ["id", "createdAt", "expiresAt"])
            let share = try #require(list[0]["id"]?.text)
            #expect(
                try await ada.send(.delete, "files/\(id)/shares/\(share)").json == .object(["deleted": .bool(true)])
            )
            #expect(try await ada.send(.delete, "files/\(id)/shares/\(share)").status == 404)
            #expect(try await server.send(.get, link).status == 404)
        }
    }

    @Test("a link that is bent, has expired, or whose file or channel is gone leads nowhere")
    func dead() async throws {
        try await withServer { server in
            let (ada, agent, other) = try await server.personWithTwoChannels()
            let (kept, deleted) = (try await agent.storedID("kept"), try await agent.storedID("deleted"))
            let inOther = try await other.storedID("other")
            let links = [try await ada.link(kept), try await ada.link(deleted), try await ada.link(inOther)]
            for link in links { #expect(try await server.send(.get, link).status == 200) }

            for bent in [
                links[0] + "A", String(links[0].dropLast()), links[0].replacing("hl_", with: "hs_"), "/api/share/x",
            ] {
                let answer = try await server.send(.get, bent)
                #expect(answer.status == 404 && !answer.text.contains("kept"))
            }
            #expect(try await ada.send(.delete, "files/\(deleted)").status == 200)
            #expect(try await server.send(.get, links[1]).status == 404)
            #expect(try await ada.send(.get, "files/\(deleted)/shares").status == 404)
            _ = try await other.send(.delete, "/api/v1/agents/\(other.channel)")
            #expect(try await server.send(.get, links[2]).status == 404)

            let index = server.assembly.index
            let end = try #require(try await index.read { try $0.nextShareEnd() })
            let lifetime = end.milliseconds - Timestamp.now().milliseconds
            #expect(lifetime > 3_500_000 && lifetime <= 3_600_000)
            let token = try #require(Secret(String(links[0].dropFirst("/api/share/".count)), .share))
            #expect(try await index.read { try $0.sharedFile(hash: token.hash, now: end + .seconds(-1)) } != nil)
            #expect(try await index.read { try $0.sharedFile(hash: token.hash, now: end) } == nil)
        }
    }

    @Test("no secret opens what is another's to open: link, session and key are three things")
    func kinds() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let id = try await agent.storedID("mine")
            let token = String(try await ada.link(id).dropFirst("/api/share/".count))
            for secret in [ada.token, agent.key, agent.keyID, id] {
                #expect(try await server.send(.get, "/api/share/\(secret)").status == 404)
            }
            #expect(try await server.send(.get, "/api/auth/me", [.authorization: "Bearer \(token)"]).status == 401)
            #expect(try await server.send(.get, "/api/auth/me", [.cookie: "access_token=\(token)"]).status == 401)
            #expect(try await server.send(.get, "/api/v1/agents", [.apiKey: token]).status == 401)
        }
    }

    @Test("a hundred links to a file may be good at a time")
    func bounded() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let id = try await agent.storedID("mine")
            for _ in 0..<100 { _ = try await ada.link(id) }
            #expect(try await ada.send(.get, "files/\(id)/share").status == 409)
            let shares = try await ada.send(.get, "files/\(id)/shares").json.elements ?? []
            _ = try await ada.send(.delete, "files/\(id)/shares/\(shares[0]["id"]?.text ?? "")")
            #expect(try await ada.send(.get, "files/\(id)/share").status == 200)
        }
    }
}

extension TestServer {
    /// Somebody signed in, and two agents of the same user.
    fileprivate func personWithTwoChannels() async throws -> (Person, Owner, Owner) {
        let email = "ada@example.org"
        return (try await person(email), try await owner(email), try await owner(email))
    }
}

extension String {
    /// What of a share link follows the host.
    fileprivate var path: String? { firstMatch(of: /\/api\/share\/hl_.+/).map { String($0.output) } }
}

extension Person {
    /// The path of a new link to a file.
    fileprivate func link(_ id: String) async throws -> String {
        try #require(try await send(.get, "files/\(id)/share").json["url"]?.text?.path)
    }

    fileprivate func send(_ form: Form, to route: String) async throws -> Answer {
        try await server.send(
            .post,
            "/api/files/\(route)",
            [.authorization: "Bearer \(token)", .contentType: form.contentType],
            body: form.body
        )
    }
}
