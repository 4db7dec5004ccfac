import App
import Glibc
import HTTP
import HTTPTypes
import Index
import JSON
import Testing

@Suite("Races, a hundred rounds each")
struct RaceTests {
    private static let rounds = 100

    /// Does `body` twice at the same moment, and gives both results in the order of their numbers, 0 and 1.
    private static func twice<T: Sendable>(_ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
        async let first = body(0)
        async let second = body(1)
        return try await [first, second]
    }

    // MARK: Answers

    @Test("of two responses one is accepted and stays, the other comes too late; the agent hears of it once")
    func twoResponses() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let index = server.assembly.index
            for round in 1...Self.rounds {
                let id = try await owner.ask()
                async let waiting = owner.get("reviews/\(id)/wait")
                let outcomes = try await Self.twice { tab in
                    try await index.write { tx in try tx.complete(reviewOf: id, responseJSON: #"{"tab":\#(tab)}"#) }
                }
                let winner = try #require(outcomes.firstIndex(of: .accepted))
                #expect(outcomes[1 - winner] == .alreadyResponded)

                let kept = JSONValue.object(["tab": .integer(Int64(winner))])
                #expect(try await waiting.json["message"]?["review"]?["response"] == kept)
                #expect(try await owner.get("reviews/\(id)").json["review"]?["response"] == kept)
                let answers = try await index.read { try $0.answers(channelID: owner.channel, limit: 1000) }
                #expect(answers.count == round && answers.last?.message.id == id)
            }
        }
    }

    @Test("a response at the instant of expiry is accepted before it or refused, and everybody is told the same")
    func responseAtExpiry() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let index = server.assembly.index
            var accepted = 0
            for round in 0..<Self.rounds {
                let review = try await index.write { tx in try Self.ask(tx, owner.channel, expiresIn: .milliseconds(20))
                }
                // From long before the instant, so that some are in time even on a busy machine, to just after it.
                let moment = review.expiresAt + .milliseconds(round < 20 ? -20 : round % 9 - 6)
                async let waiting = owner.get("reviews/\(review.messageId)/wait")
                async let sweeping: Void = Self.sweep(index, until: review)
                while Timestamp.now() < moment { await Task.yield() }
                let outcome = try await index.write { tx in
                    try tx.complete(reviewOf: review.messageId, responseJSON: "{}")
                }
                try await sweeping

                let end = try #require(
                    try await index.read { try $0.review(messageID: review.messageId, channelID: owner.channel) }
                )
                let told = try await waiting.json["status"]
                if outcome == .accepted {
                    accepted += 1
                    #expect(end.status == .completed && end.responseJSON == "{}" && told == .string("completed"))
                    #expect(try #require(end.completedAt) < end.expiresAt)
                } else {
                    #expect(outcome == .expired)
                    #expect(end.status == .expired && end.responseJSON == nil && told == .string("expired"))
                }
                let answers = try await index.read { try $0.answers(channelID: owner.channel, limit: 1000) }
                #expect(answers.count == round + 1)
            }
            // Otherwise this was no race.
            #expect((1..<Self.rounds).contains(accepted))
        }
    }

    @Test("while a response that came in time is being committed, nobody is told that the review has expired")
    func responseUnderWay() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let index = server.assembly.index
            let review = try await index.write { tx in try Self.ask(tx, owner.channel, expiresIn: .seconds(3)) }
            async let outcome = index.write { tx in
                let outcome = try tx.complete(reviewOf: review.messageId, responseJSON: "{}")
                // A large group, or a slow disk: the commit comes well after the instant.
                while Timestamp.now() < review.expiresAt + .milliseconds(500) { usleep(1000) }
                return outcome
            }
            let untilExpiry = review.expiresAt.milliseconds - Timestamp.now().milliseconds
            try await Task.sleep(for: .milliseconds(max(0, untilExpiry)))
            async let read = owner.get("reviews/\(review.messageId)")
            async let waited = owner.get("reviews/\(review.messageId)/wait")
            #expect(try await read.json["review"]?["status"] == .string("completed"))
            #expect(try await waited.json["status"] == .string("completed"))
            #expect(try await outcome == .accepted)
        }
    }

    private static func ask(_ tx: Transaction, _ channel: String, expiresIn time: Duration) throws -> Review {
        let message = Message(
            id: Identifier.make(),
            channelId: channel,
            senderType: .agent,
            senderId: channel,
            createdAt: tx.now
        )
        let review = Review(of: message, type: "approval", expiresAt: tx.now + time)
        try tx.insert(message, review: review)
        return review
    }

    /// Expires what is due, again and again, until the review is finished one way or the other.
    private static func sweep(_ index: Index, until review: Review) async throws {
        while true {
            try await index.write { tx in _ = try tx.expireDue(limit: 10) }
            let now = try await index.read {
                try $0.review(messageID: review.messageId, channelID: review.channelId)?.status
            }
            if now != .pending { return }
        }
    }

    // MARK: Messages

    @Test("of two messages with one clientId one is stored, and both are answered with it")
    func clientID() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for round in 1...Self.rounds {
                let answers = try await Self.twice { try await owner.post(#""text":"\#($0)","clientId":"c\#(round)""#) }
                #expect(answers.map(\.status) == [201, 201])
                #expect(answers[0].json == answers[1].json && answers[0].json["id"]?.text != nil)
                #expect(try await server.census().messages == round)
            }
        }
    }

    @Test("two new iterations of one message are both stored, as 2 and 3, and the root is 1")
    func iterations() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for _ in 1...Self.rounds {
                let root = try await owner.ask()
                _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: root, responseJSON: "{}") }
                let answers = try await Self.twice {
                    try await owner.post(#""text":"\#($0)","iterationOf":"\#(root)""#)
                }
                #expect(answers.map(\.status) == [201, 201])
                let numbers = answers.map { $0.json["iteration"] }
                #expect(numbers == [.integer(2), .integer(3)] || numbers == [.integer(3), .integer(2)])
                let group = try await owner.get("messages/iterations/\(root)").json["iterations"]?.elements ?? []
                #expect(group.map { $0["iteration"] } == [.integer(1), .integer(2), .integer(3)])
                #expect(group.first?["id"]?.text == root)
            }
        }
    }

    @Test("two repeats of a new iteration with one clientId make one iteration")
    func repeatedIteration() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for round in 1...Self.rounds {
                let root = try await owner.ask()
                _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: root, responseJSON: "{}") }
                let answers = try await Self.twice { _ in
                    try await owner.post(#""text":"v2","iterationOf":"\#(root)","clientId":"c\#(round)""#)
                }
                #expect(answers.map(\.status) == [201, 201])
                #expect(answers.map { $0.json["iteration"] } == [.integer(2), .integer(2)])
                #expect(answers[0].json["id"] == answers[1].json["id"])
            }
        }
    }

    @Test("of two messages that want one file one gets it, and the other is refused whole")
    func attachment() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for round in 1...Self.rounds {
                let file = try await owner.storedID("\(round)")
                let answers = try await Self.twice {
                    try await owner.post(#""text":"\#($0)","attachmentIds":["\#(file)"]"#)
                }
                #expect(answers.map(\.status).sorted() == [201, 400])
                let (won, lost) = answers[0].status == 201 ? (answers[0], answers[1]) : (answers[1], answers[0])
                #expect(lost.faults == ["attachmentIds"] && lost.text.contains(file))
                #expect(try await owner.send(.get, "/api/v1/files/\(file)").json["messageId"] == won.json["id"])
                #expect(try await server.census().messages == round)
            }
        }
    }
}
