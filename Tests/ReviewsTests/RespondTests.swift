import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Responses to reviews, from the operator's machine")
struct RespondTests {
    private static let yes = #""response":{"selectedOption":"yes"}"#

    @Test("a response is accepted, shown to everybody who looks, told to the webhook and kept in the feed")
    func accepted() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.question(#","webhookUrl":"https://hooks.example.org/a""#)
            async let waiting = owner.get("reviews/\(id)/wait")
            let answer = try await server.respond(id, #""response":{"selectedOption":"yes","comment":"Go"}"#)
            #expect(answer.status == 201)
            #expect(answer.json["id"] == .string(id))

            for review in [answer.json["review"], try await waiting.json["message"]?["review"]] {
                #expect(review?["status"] == .string("completed"))
                #expect(review?["response"] == .object(["selectedOption": .string("yes"), "comment": .string("Go")]))
                #expect(review?["completedAt"]?.text != nil)
                #expect(review?["feedback"] == nil && review?["modifiedFileIds"] == nil)
            }
            #expect(try await owner.get("reviews/pending").json == .array([]))
            let (kept, delivery) = try await server.traces(of: id, in: owner.channel)
            #expect(kept == [id])
            #expect(delivery?.event == .reviewResponded)
        }
    }

    @Test("without a URL to tell, an answer is kept for the agent and nothing is queued")
    func noWebhook() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.question()
            #expect(try await server.respond(id, Self.yes).status == 201)
            let (kept, delivery) = try await server.traces(of: id, in: owner.channel)
            #expect(kept == [id] && delivery == nil)
        }
    }

    @Test("feedback and replaced files come with the answer, to those who wait and to those who read")
    func feedbackAndFiles() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let (original, replacement) = (try await owner.storedID("draft"), try await owner.storedID("corrected"))
            let id = try await owner.question(#","attachmentIds":["\#(original)"]"#)
            async let waiting = owner.get("reviews/\(id)/wait")
            let files = #""modifiedFileIds":{"\#(original)":"\#(replacement)"}"#
            #expect(try await server.respond(id, #"\#(Self.yes),"feedback":"schön","# + files).status == 201)
            for message in [try await waiting.json["message"], try await owner.get("messages/\(id)").json] {
                #expect(message?["review"]?["feedback"] == .string("schön"))
                #expect(message?["review"]?["modifiedFileIds"] == .object([original: .string(replacement)]))
            }
        }
    }

    @Test(
        "what is no answer to the question is 400 with the member that is wrong, and the question stays open",
        arguments: [
            (#""response":{"selectedOption":"maybe"}"#, ["response", "selectedOption"]),
            (#""response":{}"#, ["response", "selectedOption"]), (#""response":"yes""#, ["response"]),
            (#""response":null"#, ["response"]), (#""feedback":"x""#, ["response"]),
            (yes + #","feedback":3"#, ["feedback"]), (yes + #","modifiedFileIds":["a"]"#, ["modifiedFileIds"]),
            (yes + #","modifiedFileIds":{"a":"b"}"#, ["modifiedFileIds"]),
        ]
    )
    func refused(members: String, path: [String]) async throws {
        try await withServer { server in
            let id = try await server.owner().question()
            let answer = try await server.respond(id, members)
            #expect(answer.status == 400)
            #expect(
                answer.json["errors"]?.elements.first?["path"] == .array(path.map { .string($0) }),
                "\(answer.text)"
            )
            #expect(try await server.respond(id, Self.yes).status == 201)
        }
    }

    @Test("only files of the message are replaced, and only by files of its channel")
    func foreignFiles() async throws {
        try await withServer { server in
            let (owner, other) = (try await server.owner(), try await server.owner("eve@example.org"))
            let (mine, foreign) = (try await owner.storedID("mine"), try await other.storedID("foreign"))
            let loose = try await owner.storedID("of the channel, not of the message")
            let id = try await owner.question(#","attachmentIds":["\#(mine)"]"#)
            for (original, replacement) in [(mine, foreign), (foreign, mine), (loose, mine), (mine, "nope")] {
                let answer = try await server.respond(
                    id,
                    #"\#(Self.yes),"modifiedFileIds":{"\#(original)":"\#(replacement)"}"#
                )
                #expect(answer.status == 400)
                #expect(answer.faults == ["modifiedFileIds"], "\(answer.text)")
            }
            #expect(try await owner.get("reviews/\(id)").json["review"]?["status"] == .string("pending"))
        }
    }

    @Test("a second response is 403 and changes nothing, whether it would have been right or not")
    func second() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.question()
            #expect(try await server.respond(id, Self.yes).status == 201)
            for response in [#"{"selectedOption":"no"}"#, #"{"selectedOption":"maybe"}"#, "{}"] {
                let answer = try await server.respond(id, #""response":\#(response),"feedback":"late""#)
                #expect(answer.status == 403)
                #expect(answer.json["message"] == .string("Review already responded"))
            }
            let review = try await owner.get("reviews/\(id)").json["review"]
            #expect(review?["response"]?["selectedOption"] == .string("yes") && review?["feedback"] == nil)
        }
    }

    @Test("after its time a review takes no response: 409, before any sweep has noticed and after it")
    func expired() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.ask(expiresIn: 1)
            let stored = try await server.assembly.index.read {
                try $0.review(ofMessage: Message.ID(id), in: $0.owned(owner.channel))
            }
            let end = try #require(stored).expiresAt
            while Timestamp.now() < end { await Task.yield() }
            #expect(try await server.respond(id, Self.yes).status == 409)
            _ = try await server.assembly.index.write { tx in try tx.expireDue(limit: 9) }
            #expect(try await server.respond(id, Self.yes).status == 409)
            #expect(try await owner.get("reviews/\(id)").json["review"]?["response"] == nil)
        }
    }

    @Test("a message that does not exist, and one without a review, are 404")
    func absent() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let plain = try #require(try await owner.post(#""text":"hello""#).json["id"]?.text)
            for id in ["nope", plain] {
                let answer = try await server.respond(id, Self.yes)
                #expect(answer.status == 404)
                #expect(answer.json["message"] == .string("Review not found"))
            }
        }
    }

    @Test("the network cannot respond this way, with a key or without")
    func localOnly() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.question()
            for path in ["/local/reviews/\(id)/respond", "/api/v1/reviews/\(id)/respond"] {
                #expect(try await owner.send(json: "{\(Self.yes)}", to: path).status == 404)
            }
            #expect(try await owner.get("reviews/\(id)").json["review"]?["status"] == .string("pending"))
        }
    }

    @Test("of eight at once one is accepted and is what stays; the agent hears of it once")
    func eightAtOnce() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.question(#","webhookUrl":"https://hooks.example.org/a""#)
            let outcomes = try await withThrowingTaskGroup { group in
                for tab in 1...8 {
                    group.addTask {
                        let response = #"{"selectedOption":"yes","comment":"tab \#(tab)"}"#
                        return try await server.respond(id, #""response":\#(response)"#)
                    }
                }
                return try await group.reduce(into: [HTTPReply]()) { $0.append($1) }
            }
            #expect(outcomes.map(\.status).sorted() == [201] + Array(repeating: 403, count: 7))
            let accepted = try #require(outcomes.first { $0.status == 201 }).json["review"]?["response"]
            #expect(try await owner.get("reviews/\(id)").json["review"]?["response"] == accepted)
            let (kept, delivery) = try await server.traces(of: id, in: owner.channel)
            #expect(kept == [id] && delivery?.event == .reviewResponded)
            // There is no second delivery behind the first.
            #expect(try await server.traces(of: id, in: owner.channel).1 == nil)
        }
    }
}

extension Owner {
    /// Sends a message with an approval whose answer is yes or no, and gives its id.
    fileprivate func question(_ more: String = "") async throws -> String {
        let payload = #"{"options":[{"id":"yes","label":"Yes"},{"id":"no","label":"No"}],"allowComment":true}"#
        let answer = try await post(#""text":"Deploy?","review":{"type":"approval","payload":\#(payload)}\#(more)"#)
        return try #require(answer.json["id"]?.text, "\(answer.text)")
    }
}

extension TestServer {
    fileprivate func respond(_ id: String, _ members: String) async throws -> HTTPReply {
        try await command(.post, "reviews/\(id)/respond", "{\(members)}")
    }

    /// What an answer leaves for the agent: the messages in its feed, and the delivery to its webhook, now claimed.
    fileprivate func traces(of id: String, in channel: String) async throws -> ([String], Delivery?) {
        let answers = try await assembly.index.read { try $0.answers(in: $0.owned(channel), limit: 9) }
        let delivery = try await assembly.index.write { tx in
            try tx.claimDelivery(inAnyChannel: Agent.ID(channel), lease: .seconds(15))
        }
        #expect(delivery == nil || delivery?.messageID.rawValue == id)
        return (answers.map(\.message.id.rawValue), delivery)
    }
}
