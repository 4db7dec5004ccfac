import App
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("A decision belongs to what was seen")
struct DecisionTests {
    /// As an agent may write it: white space, members in any order, one name twice, numbers in their own spelling.
    private static let payload =
        #"{ "x": 1.50, "options" :[{"id":"yes","label":"é"}],"# + "\r\n\t" + #""a":1, "a":2 }"#
    private static let yes = #""response":{"selectedOption":"yes"}"#

    @Test("an agent can compute the digest from what it sent: the payload is kept as it was written, everywhere")
    func payloadAsWritten() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store("evidence")
            let sent = try await owner.post(
                #""text":"Ship \u00e9?","textAttachments":[{"content":"more"}],"attachmentIds":["\#(file.id)"],"#
                    + #""review":{"payload":{},"type":"approval","payload":\#(Self.payload)}"#
            )
            let files = (sent.json["attachments"]?.elements ?? []).compactMap { $0["sha256"]?.text }
            #expect(files.count == 2)
            let asked = QuestionDigest(text: "Ship é?", type: "approval", payloadJSON: Self.payload)
            #expect(sent.digest == asked.hex(files: files))

            let id = try #require(sent.json["id"]?.text)
            #expect(try await server.respond(id, Self.yes).status == 201)
            for path in ["messages/\(id)", "messages", "reviews/\(id)", "reviews/\(id)/wait", "answers"] {
                #expect(try await owner.get(path).text.contains(#""payload":\#(Self.payload)"#), "\(path)")
            }
            #expect(try await owner.get("reviews/\(id)").digest == sent.digest)
        }
    }

    @Test("of a review that stands twice in a request, nothing of the first counts")
    func reviewTwice() async throws {
        try await withServer { server in
            let sent = try await server.owner().post(
                #""text":"a","review":{"type":"a","payload":{"x":1}},"review":{"type":"b"}"#
            )
            #expect(sent.json["review"]?["payload"] == .object([:]))
            #expect(sent.digest == QuestionDigest(text: "a", type: "b", payloadJSON: nil).hex())
        }
    }

    @Test("an answer to what was there before a change is 409, for users and the operator; to what is there it counts")
    func changed() async throws {
        try await withServer { server in
            let (ada, owner) = try await server.pair()
            let file = try await owner.store("evidence")
            let id = try await owner.question(#","attachmentIds":["\#(file.id)"]"#)
            var seen = [try #require(try await owner.get("reviews/\(id)").digest)]
            let changed = try await owner.patch("messages/streams/s", #""text":"Wipe everything?""#)
            seen.append(try #require(changed.digest))
            #expect(try await ada.send(.delete, "files/\(file.id)").status == 200)
            for digest in seen {
                for answer in [
                    try await ada.respond(id, #"\#(Self.yes),"digest":"\#(digest)""#),
                    // Told before what is wrong with the response: its options may be others by now.
                    try await server.respond(id, #""response":{},"digest":"\#(digest)""#),
                ] {
                    #expect(answer.status == 409 && answer.text.contains("has changed"), "\(answer.text)")
                }
            }
            let now = try #require(try await ada.send(.get, "messages/\(id)").digest)
            #expect(Set(seen + [now]).count == 3)
            let answer = try await ada.respond(id, #"\#(Self.yes),"digest":"\#(now)""#)
            #expect(answer.status == 201 && answer.digest == now)
        }
    }

    @Test("a digest that is none is 400; too late is 403 and 409 whatever the digest says")
    func order() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.question()
            let digest = try #require(try await owner.get("reviews/\(id)").digest)
            for wrong in ["3", #""""#, #""\#(digest.uppercased())""#, #""\#(digest)0""#, "null"] {
                let answer = try await server.respond(id, #"\#(Self.yes),"digest":\#(wrong)"#)
                #expect(answer.faults == ["digest"], "\(wrong)")
            }
            let other = String(repeating: "0", count: 64)
            #expect(try await server.respond(id, #"\#(Self.yes),"digest":"\#(digest)""#).status == 201)
            #expect(try await server.respond(id, #"\#(Self.yes),"digest":"\#(other)""#).status == 403)
            let overdue = try await server.overdueQuestion(in: owner)
            let late = try await server.respond(overdue, #"\#(Self.yes),"digest":"\#(other)""#)
            #expect(late.status == 409 && late.text.contains("expired"))
        }
    }

    @Test("text and files of a question that has ended cannot change, by any way; the whole message can go")
    func frozen() async throws {
        try await withServer { server in
            let (ada, owner) = try await server.pair()
            let (file, free) = (try await owner.store("evidence"), try await owner.store("free"))
            let id = try await owner.question(#","attachmentIds":["\#(file.id)"]"#)
            #expect(try await ada.respond(id, Self.yes).status == 201)
            let before = try await owner.get("reviews/\(id)").json

            let abort = #""text":"Wipe?","streamId":"s","streamState":"aborted""#
            let bulk = #"{"ids":["\#(free.id)","\#(file.id)"]}"#
            for refused in [
                try await owner.patch("messages/streams/s", #""text":"Wipe everything?""#),
                try await owner.post(abort),
                try await owner.send(.delete, "/api/v1/files/\(file.id)"),
                try await ada.send(.delete, "files/\(file.id)"),
                try await ada.send(.post, "files/bulk-delete", bulk),
            ] {
                #expect(refused.status == 409 && refused.text.contains(id), "\(refused.text)")
            }
            #expect(try await owner.get("reviews/\(id)").json == before)
            #expect(try await owner.send(.get, "/api/v1/files/\(free.id)").status == 200)

            // What was answered may still be told to have its end.
            let end = try await owner.patch("messages/streams/s", #""text":"Delete cache?","complete":true"#)
            #expect(end.status == 200 && end.json["streamState"] == .string("complete"))
            #expect(try await owner.send(.delete, "/api/v1/messages/\(id)?channel=\(owner.channel)").status == 200)
        }
    }

    @Test("nor can those of a question past its time, before any sweep has noticed")
    func frozenByTime() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await server.overdueQuestion(in: owner)
            let refused = try await owner.patch("messages/streams/late", #""text":"Wipe everything?""#)
            #expect(refused.status == 409 && refused.text.contains(id))
        }
    }

    @Test("who answered, when and how stands in every read")
    func respondedBy() async throws {
        try await withServer { server in
            let (ada, owner) = try await server.pair()
            let (byAda, byOperator) = (try await owner.ask(), try await owner.ask())
            #expect(try await owner.get("reviews/\(byAda)").json["review"]?["respondedBy"] == nil)
            #expect(try await ada.respond(byAda, Self.yes).status == 201)
            #expect(try await server.respond(byOperator, Self.yes).status == 201)
            for (id, user, name, via) in [
                (byAda, .string(ada.userID.rawValue), ada.email, "session"),
                (byOperator, JSONValue.null, "operator", "command line"),
            ] {
                let reads = [
                    try await owner.get("reviews/\(id)").json, try await owner.get("messages/\(id)").json,
                    try await owner.get("reviews/\(id)/wait").json["message"],
                    try await ada.send(.get, "messages/\(id)").json,
                    try await owner.get("answers").json["answers"]?.elements
                        .compactMap { $0["message"] }.first { $0["id"] == .string(id) },
                ]
                for review in reads.map({ $0?["review"] }) {
                    let expected: JSONObject = [
                        "userId": user, "name": .string(name), "via": .string(via),
                        "at": review?["completedAt"] ?? .null,
                    ]
                    #expect(review?["respondedBy"] == .object(expected))
                }
            }
        }
    }
}

extension Owner {
    /// Streams a question, and gives its id.
    fileprivate func question(_ more: String = "") async throws -> String {
        let review = #"{"type":"approval","payload":{"options":[{"id":"yes","label":"Yes"}]}}"#
        let answer = try await post(#""text":"Delete cache?","streamId":"s","review":\#(review)\#(more)"#)
        return try #require(answer.json["id"]?.text, "\(answer.text)")
    }
}

extension Person {
    fileprivate func respond(_ id: String, _ members: String) async throws -> HTTPReply {
        try await send(.post, "messages/\(id)/respond", "{\(members)}")
    }
}

extension TestServer {
    fileprivate func respond(_ id: String, _ members: String) async throws -> HTTPReply {
        try await command(.post, "reviews/\(id)/respond", "{\(members)}")
    }

    /// A streamed question whose time has passed, which nobody has noticed yet.
    fileprivate func overdueQuestion(in owner: Owner) async throws -> String {
        let id = Message.ID.make()
        try await assembly.index.write { tx in
            let message = Message(
                id: id,
                channelID: Agent.ID(owner.channel),
                senderType: .agent,
                senderID: owner.channel,
                text: "Delete cache?",
                streamID: "late",
                streamState: .streaming,
                createdAt: tx.now
            )
            try tx.insert(message, review: Review(of: message, type: "approval", expiresAt: tx.now))
        }
        return id.rawValue
    }
}

extension HTTPReply {
    fileprivate var digest: String? { json["review"]?["digest"]?.text }
}

extension JSONValue {
    fileprivate var id: String { self["id"]?.text ?? "" }
}
