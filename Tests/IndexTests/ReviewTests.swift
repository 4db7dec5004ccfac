import IndexSupport
import Testing

@testable import Index

@Suite("Reviews and answers")
struct ReviewTests {
    @Test("Of 100 responses at the same moment exactly one is accepted, and it is the one that is stored")
    func oneResponse() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send(reviewFor: .seconds(60))
        let outcomes = try await withThrowingTaskGroup(of: (Int, ReviewCompletion).self) { group in
            for number in 0..<100 {
                group.addTask {
                    let outcome = try await fixture.index.write { tx in
                        try tx.complete(reviewOf: message.id, responseJSON: "{\"n\":\(number)}")
                    }
                    return (number, outcome)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let accepted = outcomes.filter { $0.1 == .accepted }
        #expect(accepted.count == 1)
        #expect(outcomes.filter { $0.1 == .alreadyResponded }.count == 99)
        let review = try await fixture.index.read { [channel = fixture.agent.id] in
            try $0.message(message.id, in: $0.owned(channel))?.review
        }
        #expect(review?.responseJSON == accepted.first.map { "{\"n\":\($0.0)}" })
    }

    @Test("An accepted response is kept whole, with the time of its transaction")
    func response() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send(reviewFor: .seconds(60))
        let now = try await fixture.index.write { tx in
            let outcome = try tx.complete(
                reviewOf: message.id,
                responseJSON: #"{"x":3.0}"#,
                feedback: "f",
                modifiedFileIDsJSON: #"{"a":"b"}"#
            )
            #expect(outcome == .accepted)
            return tx.now
        }
        let found = try await fixture.index.read { [channel = fixture.agent.id] in
            try $0.message(message.id, in: $0.owned(channel))
        }
        let review = try #require(found?.review)
        #expect(review.status == .completed)
        #expect(review.completedAt == now)
        #expect(review.responseJSON == #"{"x":3.0}"#)
        #expect(review.feedback == "f")
        #expect(review.modifiedFileIDsJSON == #"{"a":"b"}"#)
        #expect(found?.message.updatedAt == now)
    }

    @Test("From the instant of its expiry a review takes no response, before and after the sweep has seen it")
    func lateResponse() async throws {
        let fixture = try await Fixture()
        let (now, past) = (Duration.zero, Duration.milliseconds(-1))
        for expiry in [now, past] {
            try await fixture.index.write { tx in
                let message = Message.sample(in: fixture.agent)
                let review = Review.sample(of: message, expiresAt: tx.now + expiry)
                try tx.insert(message, review: review)
                #expect(review.status(at: tx.now) == .expired)
                #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .expired)
                #expect(try tx.expireDue(limit: 9) == [message.id])
                #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .expired)
            }
        }
        try await fixture.index.write { tx in
            let message = Message.sample(in: fixture.agent)
            let review = Review.sample(of: message, expiresAt: tx.now + .milliseconds(1))
            try tx.insert(message, review: review)
            #expect(review.status(at: tx.now) == .pending)
            #expect(try tx.expireDue(limit: 9) == [])
            #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
            #expect(try tx.complete(reviewOf: "gone", responseJSON: "{}") == .absent)
        }
    }

    @Test("The sweep takes the longest due first, at most its limit, each once; then the next expiry is a later one")
    func sweep() async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.index.read { try $0.nextExpiry() } == nil)
        var messages: [Message] = []
        for expiry in [-100, -300, -200, 600] { messages.append(try await fixture.send(reviewFor: .seconds(expiry))) }
        let ids = messages.map(\.id)
        try await fixture.index.write { tx in
            #expect(try tx.expireDue(limit: 2) == [ids[1], ids[2]])
            #expect(try tx.nextExpiry().map { $0 < tx.now } == true)
            let last = try tx.expireDue(limit: 2)
            #expect(last == [ids[0]])
            let expired = try tx.review(ofMessage: ids[0], in: tx.owned(fixture.agent.id))
            #expect(expired?.status == .expired)
            #expect(try tx.expireDue(limit: 2) == [])
            #expect(try tx.nextExpiry().map { $0 > tx.now } == true)
        }
    }

    @Test("Pending are those without an answer whose time is not over, newest first, page by page")
    func pending() async throws {
        let fixture = try await Fixture()
        let channel = fixture.agent.id
        var ids: [Message.ID] = []
        for expiry in [60, 60, -1, 60, 60] { ids.append(try await fixture.send(reviewFor: .seconds(expiry)).id) }
        try await fixture.send()
        try await fixture.index.write { [ids] tx in
            _ = try tx.complete(reviewOf: ids[1], responseJSON: "{}")
            let page = {
                try tx.reviews(in: tx.owned(channel), ReviewFilter(status: .pending, now: tx.now), before: $0, limit: 2)
                    .rows.map(
                        \.id
                    )
            }
            #expect(try page(nil) == [ids[4], ids[3]])
            #expect(try page(ids[3]) == [ids[0]])
            #expect(
                try tx.reviews(in: tx.owned("other"), ReviewFilter(status: .pending, now: tx.now), limit: 2) == .empty
            )
        }
    }

    @Test("Lists and counts take type, text and status together, at the very moment that is asked about")
    func filters() async throws {
        let fixture = try await Fixture()
        let agent = fixture.agent
        var ids: [String: Message.ID] = [:]
        let kinds = [("approval", "ship it"), ("form", "ship it"), ("approval", "hold it"), ("approval", "Ship")]
        for (number, (type, text)) in kinds.enumerated() {
            for (name, expiry) in [("pending", 60), ("completed", 60), ("expired", -1)] {
                var message = Message.sample(in: agent)
                message.text = text
                let review = Review(of: message, type: type, expiresAt: .now() + .seconds(expiry))
                try await fixture.index.write { [message] tx in
                    try tx.insert(message, review: review)
                    if name == "completed" { _ = try tx.complete(reviewOf: message.id, responseJSON: "{}") }
                }
                ids["\(name) \(number)"] = message.id
            }
        }
        let names = Dictionary(uniqueKeysWithValues: ids.map { ($1, $0) })
        func list(_ status: Review.Status?, type: String? = nil, search: String? = nil) async throws -> Set<String?> {
            let rows = try await fixture.index.read { reader in
                let filter = ReviewFilter(status: status, type: type, search: search, now: .now())
                return try reader.reviews(in: reader.owned(agent.id), filter, limit: 100).rows
            }
            return Set(rows.map { names[$0.id] })
        }
        #expect(try await list(.pending, type: "approval") == ["pending 0", "pending 2", "pending 3"])
        #expect(try await list(.expired, type: "form") == ["expired 1"])
        #expect(try await list(nil, type: "form") == ["pending 1", "completed 1", "expired 1"])
        #expect(try await list(nil, type: "none") == [])
        // With trigrams and without.
        for term in ["SHIP", "sh"] {
            #expect(try await list(.completed, search: term) == ["completed 0", "completed 1", "completed 3"])
            #expect(try await list(.completed, type: "approval", search: term) == ["completed 0", "completed 3"])
            #expect(try await list(.expired, search: term) == ["expired 0", "expired 1", "expired 3"])
        }
        #expect(try await list(nil, search: "hold") == ["pending 2", "completed 2", "expired 2"])
        try await fixture.index.write { tx in
            func counts(_ since: Timestamp, most: Int) throws -> ReviewCounts {
                try tx.reviewCounts(in: tx.owned(agent.id), since: since, most: most)
            }
            _ = try tx.expireDue(limit: 100)
            #expect(
                try counts(tx.now + .seconds(-60), most: 10)
                    == ReviewCounts(pending: 4, completed: 4, expired: 4, completedSince: 4)
            )
            #expect(
                try counts(tx.now + .seconds(60), most: 3)
                    == ReviewCounts(pending: 3, completed: 3, expired: 3, completedSince: 0)
            )
            let others = try tx.reviewCounts(in: tx.owned("other"), since: tx.now, most: 3)
            #expect(others == ReviewCounts(pending: 0, completed: 0, expired: 0, completedSince: 0))
        }
    }

    @Test("Finished reviews stay in the channel's feed, the first to finish first, until they are acknowledged")
    func answers() async throws {
        let fixture = try await Fixture()
        let (index, channel) = (fixture.index, fixture.agent.id)
        var ids: [Message.ID] = []
        for expiry in [60, 60, -1] { ids.append(try await fixture.send(reviewFor: .seconds(expiry)).id) }
        try await index.write { [ids] tx in
            // Too early: there is nothing to acknowledge yet.
            try tx.acknowledge(ids[1], in: tx.owned(channel))
            _ = try tx.complete(reviewOf: ids[1], responseJSON: "{}")
            try tx.expireDue(limit: 9)
            _ = try tx.complete(reviewOf: ids[0], responseJSON: "{}")
        }
        let answers = try await index.read { try $0.answers(in: $0.owned(channel), limit: 9) }
        #expect(answers.map(\.message.id) == [ids[1], ids[2], ids[0]])
        #expect(answers.map(\.message.review?.status) == [.completed, .expired, .completed])
        try await index.write { [ids] tx in
            let later = try tx.answers(in: tx.owned(channel), after: answers[0].number, limit: 1)
            #expect(later.map(\.message.id) == [ids[2]])
            #expect(try tx.acknowledge(ids[1], in: tx.owned(channel)))
            #expect(try !tx.acknowledge(ids[2], in: tx.owned("other")))
            #expect(try tx.answers(in: tx.owned(channel), limit: 9).map(\.message.id) == [ids[2], ids[0]])
            #expect(try tx.answers(in: tx.owned("other"), limit: 9) == [])
        }
    }

    @Test("A reader of answers misses none that come after the newest of them has gone")
    func numbersGrow() async throws {
        let fixture = try await Fixture()
        let channel = fixture.agent.id
        var messages: [Message] = []
        for _ in 0..<2 { messages.append(try await fixture.send(reviewFor: .seconds(60))) }
        try await fixture.index.write { [messages] tx in
            _ = try tx.complete(reviewOf: messages[0].id, responseJSON: "{}")
            let seen = try #require(try tx.answers(in: tx.owned(channel), limit: 1).first).number
            try tx.acknowledge(messages[0].id, in: tx.owned(channel))
            _ = try tx.complete(reviewOf: messages[1].id, responseJSON: "{}")
            let next = try tx.answers(in: tx.owned(channel), after: seen, limit: 1)
            #expect(next.map(\.message.id) == [messages[1].id])
        }
    }
}
