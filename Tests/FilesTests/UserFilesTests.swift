import App
import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import TestSupport
import Testing

import struct Index.Attachment

@testable import Index

/// A page of files as a user sees it.
private struct FilePage: Decodable {
    struct File: Decodable {
        let id: String
        let message: Place?
    }

    /// The message that a file is in.
    struct Place: Decodable {
        let channelId: String
        let createdAt: String
    }

    let data: [File]
    let nextCursor: String?

    var ids: [String] { data.map(\.id) }
}

extension Person {
    fileprivate func files(_ query: String = "") async throws -> FilePage {
        let reply = try await send(.get, "files\(query)")
        try #require(reply.status == 200, "\(reply.text)")
        return try reply.decoded()
    }
}

@Suite("Files of users")
struct UserFilesTests {
    @Test("the list has the files of all own channels, newest first, and is filtered")
    func list() async throws {
        try await withServer { server in
            let (ada, first, second) = try await server.personWithTwoChannels()
            _ = try await server.owner("eve@example.org").store("hers")
            let log = try await first.storedID("a log")
            let picture = try #require(try await second.store(try sample("pixel.png"), "Übersicht_1.png")["id"]?.text)
            let form = Form(.channel(second.channel), .file([0, 1], "x%y.bin"), .text("look"))
            let sent = try #require(try await second.send(form, to: "upload").json["id"]?.text)

            #expect(try await ada.files().ids == [sent, picture, log])
            #expect(try await ada.files("?agent=\(first.channel)").ids == [log])
            for query in ["type=image/", "type=IMAGE/PNG", "search=_", "search=%C3%BCBER"] {
                #expect(try await ada.files("?\(query)").ids == [picture], "\(query)")
            }
            for query in ["type=APPLICATION/", "search=%25"] {
                #expect(try await ada.files("?\(query)").ids == [sent], "\(query)")
            }
            for query in ["since=2026-01-01T00:00:00Z", "until=2126-01-01T00:00:00Z"] {
                #expect(try await ada.files("?\(query)").ids == [sent, picture, log], "\(query)")
            }
            let others = ["until=2026-01-01T00:00:00Z", "since=2126-01-01T00:00:00Z"]
            let ofOne = others.map { "agent=\(first.channel)&\($0)" }
            for query in ["type=mage", "type=%25", "search=*"] + others + ofOne {
                #expect(try await ada.files("?\(query)").ids == [], "\(query)")
            }
        }
    }

    @Test("a page says which message a file is in, and the next goes on although the file of its cursor has gone")
    func pages() async throws {
        try await withServer { server in
            let (ada, first, second) = try await server.personWithTwoChannels()
            let (oldest, stored) = (try await first.storedID("oldest"), try await first.storedID("stored"))
            let form = Form(.channel(second.channel), .file([1], "a"))
            let sent = try #require(try await second.send(form, to: "upload").json["id"]?.text)

            let reply = try await ada.send(.get, "files?limit=2")
            let page = try reply.decoded(as: FilePage.self)
            #expect(page.ids == [sent, stored])
            #expect(page.data.map { $0.message?.channelId } == [second.channel, nil])
            #expect(reply.json["data"]?.elements.first?["message"]?.names == ["channelId", "createdAt"])
            #expect(reply.json["data"]?.elements.last?["message"] == .null)

            #expect(try await ada.send(.delete, "files/\(stored)").json == .object(["message": .string("Deleted")]))
            _ = try await first.storedID("newer")
            let cursor = try #require(page.nextCursor)
            let rest = try await ada.files("?limit=2&cursor=\(cursor)")
            #expect(rest.ids == [oldest])
            #expect(rest.nextCursor == nil)
        }
    }

    @Test("thirty files are listed unless a limit says otherwise")
    func defaultLimit() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            for _ in 0..<31 { _ = try await agent.storedID("same") }
            let page = try await ada.files()
            #expect(page.data.count == 30)
            #expect(page.nextCursor != nil)
        }
    }

    @Test(
        "what is wrong with the query of a list is 400",
        arguments: [
            "limit=0", "limit=abc", "cursor=x", "search=%00", "since=today",
            "type=\(String(repeating: "a", count: 1001))",
        ]
    )
    func wrongQuery(query: String) async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            #expect(try await ada.send(.get, "files?\(query)").status == 400)
        }
    }

    @Test("a name is found in either Unicode form, and by the words of a form-encoded query")
    func searchedNames() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            for name in ["caf\u{e9} menu.txt", "cafe\u{301} bill.txt", "1+1.txt"] {
                _ = try await agent.store("a", name)
            }
            let searches = [("caf%C3%A9", 2), ("cafe%CC%81", 2), ("%C3%A9+menu", 1), ("1%2B1", 1), ("1+1", 0)]
            for (term, count) in searches {
                let found = try await ada.send(.get, "files?search=\(term)").json["data"]?.elements
                #expect(found?.count == count, "\(term)")
            }
        }
    }

    @Test("a list of another user's agent, of none and of an empty id is 403")
    func foreignAgent() async throws {
        try await withServer { server in
            let ada = try await server.person("ada@example.org")
            let stranger = try await server.owner("eve@example.org")
            for agent in [stranger.channel, "nobody", ""] {
                #expect(try await ada.send(.get, "files?agent=\(agent)").status == 403, "\(agent)")
            }
        }
    }

    @Test("a user's upload is a message of theirs, which the channel and its webhook are told of")
    func upload() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            _ = try await agent.send(
                json: #"{"channelId":"\#(agent.channel)","url":"https://hooks.example.org/a"}"#,
                to: "/api/v1/agents/setWebhook"
            )
            let form = Form(.text("with my marks"), .file(Array("text".utf8), "notes.md"), .channel(agent.channel))
            let (start, index) = (server.assembly.index.lastChangeNumber, server.assembly.index)
            let sent = try await ada.send(form, to: "upload")
            #expect(sent.status == 201 && sent.json["mimeType"] == .string("text/markdown"))
            let id = try #require(sent.json["messageId"]?.text)
            let message = try await agent.get("messages/\(id)").json
            #expect(message["senderType"] == .string("user") && message["senderId"] == .string(ada.userID.rawValue))
            #expect(message["text"] == .string("with my marks"))
            let queued = try await server.assembly.index.read { try $0.deliveries(ofAnyMessage: Message.ID(id)) }
            #expect(queued.map(\.event) == [.messageCreated])
            let changes = index.changes(of: .channel(Agent.ID(agent.channel)), after: start)?.changes.map(\.change)
            #expect(changes == [Change(.messageCreated, channelID: Agent.ID(agent.channel), messageID: Message.ID(id))])
            #expect(try await ada.send(.get, "files/\(sent.json["id"]?.text ?? "")").json == sent.json)
        }
    }

    @Test("what a user stores can be attached to a message")
    func store() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let stored = try await ada.send(Form(.file([1], "a"), .channel(agent.channel)), to: "store")
            #expect(stored.status == 201 && stored.json["messageId"] == .null)
            let id = try #require(stored.json["id"]?.text)
            let json = #"{"channelId":"\#(agent.channel)","attachmentIds":["\#(id)"]}"#
            #expect(try await ada.send(.post, "messages", json).status == 201)
        }
    }

    @Test("a user's download takes a range")
    func range() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let id = try await agent.storedID("text")
            let bytes = try await ada.send(.get, "files/\(id)/download", nil, [.range: "bytes=0-1"])
            #expect(bytes.status == 206)
            #expect(bytes.text == "te")
        }
    }

    private func delete(_ json: String, by person: Person) async throws -> HTTPReply {
        try await person.send(.post, "files/bulk-delete", json)
    }

    private static func list(_ ids: [String]) -> String { #"{"ids":["\#(ids.joined(separator: #"",""#))"]}"# }

    @Test("a list of files to delete that is missing, empty or wrong is 400, and one of another user is 403 for all")
    func refusedBulkDelete() async throws {
        try await withServer { server in
            let (ada, first, second) = try await server.personWithTwoChannels()
            let foreign = try await server.owner("eve@example.org").storedID("hers")
            let ids = [try await first.storedID("1"), try await second.storedID("2")]
            let before = try await server.census()
            for json in [
                "{}", #"{"ids":[]}"#, #"{"ids":null}"#, #"{"ids":[1]}"#, #"{"ids":"x"}"#, "[]", "null", "{",
                Self.list(Array(repeating: "a", count: 1001)),
            ] {
                #expect(try await delete(json, by: ada).status == 400, "\(json.prefix(40))")
            }
            let refused = try await delete(Self.list([ids[0], foreign, ids[1]]), by: ada)
            #expect(refused.status == 403 && refused.json["message"] == .string("Not your agent"))
            #expect(try await server.census() == before)
        }
    }

    @Test("many files are deleted at once; those that are gone or named twice count once or not at all")
    func bulkDelete() async throws {
        try await withServer { server in
            let (ada, first, second) = try await server.personWithTwoChannels()
            let ids = [try await first.storedID("1"), try await second.storedID("2"), try await first.storedID("3")]
            for count in [2, 0] {
                let gone = try await delete(Self.list([ids[0], ids[1], ids[0], "no-such-file"]), by: ada)
                #expect(gone.status == 201)
                #expect(gone.json == .object(["message": .string("Deleted \(count) file(s)")]))
            }
            #expect(try await ada.send(.delete, "files/\(ids[0])").status == 404)
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
            let isDeleted = try await index.write { tx in
                try tx.deleteAttachment(Attachment.ID(file), ownedBy: ActingUser(id: ada.userID))
            }
            #expect(!isDeleted)
        }
    }

    @Test("a file that is deleted out of a message is a change of that message")
    func announced() async throws {
        try await withServer { server in
            let (ada, agent, _) = try await server.personWithTwoChannels()
            let sent = try await agent.send(Form(.channel(agent.channel), .file([1], "a")), to: "upload").json
            let (start, index) = (server.assembly.index.lastChangeNumber, server.assembly.index)
            #expect(try await ada.send(.delete, "files/\(sent["id"]?.text ?? "")").status == 200)
            let changes = index.changes(of: .channel(Agent.ID(agent.channel)), after: start)?.changes.map(\.change)
            let id = sent["messageId"]?.text.map { Message.ID($0) }
            #expect(changes == [Change(.messageUpdated, channelID: Agent.ID(agent.channel), messageID: id)])
        }
    }
}

extension TestServer {
    /// Somebody signed in, and two agents of the same user.
    func personWithTwoChannels() async throws -> (Person, Owner, Owner) {
        let email = "ada@example.org"
        return (try await person(email), try await owner(email), try await owner(email))
    }
}
