import App
import Glibc
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Races for a review, a hundred rounds each")
struct ReviewRaceTests {
    private static let rounds = 100

    @Test("of two responses one is accepted and stays, the other comes too late; the agent hears of it once")
    func twoResponses() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let index = server.assembly.index
            for round in 1...Self.rounds {
                let id = try await owner.ask()
                async let waiting = owner.get("reviews/\(id)/wait")
                let outcomes = try await twice { tab in
                    try await index.write { tx in try tx.complete(reviewOf: id, responseJSON: #"{"tab":\#(tab)}"#) }
                }
                let winner = try #require(outcomes.firstIndex(of: .accepted))
                #expect(outcomes[1 - winner] == .alreadyResponded)

                let kept = JSONValue.object(["tab": .integer(Int64(winner))])
                #expect(try await waiting.json["message"]?["review"]?["response"] == kept)
                #expect(try await owner.get("reviews/\(id)").json["review"]?["response"] == kept)
                let answers = try await index.read { try $0.answers(in: $0.owned(owner.channel), limit: 1000) }
                #expect(answers.count == round && answers.last?.message.id.rawValue == id)
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
                async let waiting = owner.get("reviews/\(review.messageID)/wait")
                async let sweeping: Void = Self.sweep(index, until: review)
                while Timestamp.now() < moment { await Task.yield() }
                let outcome = try await index.write { tx in
                    try tx.complete(reviewOf: review.messageID, responseJSON: "{}")
                }
                try await sweeping

                let end = try #require(
                    try await index.read { try $0.review(ofMessage: review.messageID, in: $0.owned(owner.channel)) }
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
                let answers = try await index.read { try $0.answers(in: $0.owned(owner.channel), limit: 1000) }
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
                let outcome = try tx.complete(reviewOf: review.messageID, responseJSON: "{}")
                // A large group, or a slow disk: the commit comes well after the instant.
                while Timestamp.now() < review.expiresAt + .milliseconds(500) { usleep(1000) }
                return outcome
            }
            let untilExpiry = review.expiresAt.milliseconds - Timestamp.now().milliseconds
            try await Task.sleep(for: .milliseconds(max(0, untilExpiry)))
            async let read = owner.get("reviews/\(review.messageID)")
            async let waited = owner.get("reviews/\(review.messageID)/wait")
            #expect(try await read.json["review"]?["status"] == .string("completed"))
            #expect(try await waited.json["status"] == .string("completed"))
            #expect(try await outcome == .accepted)
        }
    }

    private static func ask(_ tx: Transaction, _ channel: String, expiresIn time: Duration) throws -> Review {
        let message = Message(
            id: .make(),
            channelID: Agent.ID(channel),
            senderType: .agent,
            senderID: channel,
            createdAt: tx.now
        )
        let review = Review(of: message, type: "approval", expiresAt: tx.now + time)
        try tx.insert(message, review: review)
        return review
    }

    /// Expires what is due, again and again, until the review is finished one way or the other.
    private static func sweep(_ index: StoreIndex, until review: Review) async throws {
        while true {
            try await index.write { tx in _ = try tx.expireDue(limit: 10) }
            let now = try await index.read {
                try $0.review(ofMessage: review.messageID, in: $0.owned(review.channelID))?.status
            }
            if now != .pending { return }
        }
    }
}
