import IndexSupport
import Synchronization
import Testing

@testable import Index

@Suite("The queue of webhook deliveries")
struct DeliveryTests {
    private static let lease = Duration.seconds(15)

    /// Stores a message whose review is due, or one by a human without a review.
    private static func send(
        _ fixture: Fixture,
        _ sender: Message.SenderType = .agent,
        webhookURL: String? = "http://m.example/",
        callbackJSON: String? = nil
    ) async throws -> Message {
        var message = Message.sample(in: fixture.agent)
        (message.webhookURL, message.senderType) = (webhookURL, sender)
        return try await fixture.index.write { [message] tx in
            var review = Review.sample(of: message, expiresAt: tx.now + .seconds(60))
            review.callbackJSON = callbackJSON
            try tx.insert(message, review: sender == .agent ? review : nil)
            return message
        }
    }

    /// The same with its review answered, which queues an event.
    private static func answered(_ fixture: Fixture, webhookURL: String? = "http://m.example/") async throws -> Message
    {
        let message = try await send(fixture, webhookURL: webhookURL)
        try await fixture.index.write { tx throws in
            #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
        }
        return message
    }

    private static func deliveries(_ message: Message, _ fixture: Fixture) async throws -> [Delivery] {
        try await fixture.index.read { try $0.deliveries(ofAnyMessage: message.id) }
    }

    private static func status(_ message: Message, _ fixture: Fixture) async throws -> Message.DeliveryStatus? {
        try await fixture.index.read { try $0.anyMessage(id: message.id)?.message.deliveryStatus }
    }

    @Test("A response, an expiry and a human's message are each queued with the change itself, due now")
    func events() async throws {
        let fixture = try await Fixture()
        let responded = try await Self.answered(fixture)
        let created = try await Self.send(fixture, .user)
        let expired = Message.sample(in: fixture.agent)
        let now = try await fixture.index.write { tx throws in
            try tx.insert(expired, review: .sample(of: expired, expiresAt: tx.now))
            try tx.execute("UPDATE messages SET webhook_url = 'http://m.example/' WHERE id = ?", [expired.id])
            try tx.expireDue(limit: 9)
            return tx.now
        }
        #expect(try await Self.deliveries(responded, fixture).map(\.event) == [.reviewResponded])
        #expect(try await Self.deliveries(created, fixture).map(\.event) == [.messageCreated])
        #expect(try await fixture.index.read { try $0.pendingDeliveryCount() } == 3)
        let delivery = try #require(try await Self.deliveries(expired, fixture).first)
        #expect(delivery.event == .reviewExpired)
        #expect(delivery.state == .pending)
        #expect(delivery.attempts == 0)
        #expect(delivery.nextAttemptAt == now)
        #expect(delivery.attemptedAt == nil)
        #expect(try await Self.status(expired, fixture) == .sent)
    }

    @Test("A response that is not stored, a second one and an agent's own message queue nothing")
    func nothingElse() async throws {
        struct Refusal: Error {}
        let fixture = try await Fixture()
        let message = try await Self.send(fixture)
        await #expect(throws: Refusal.self) {
            try await fixture.index.write { tx throws in
                #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
                throw Refusal()
            }
        }
        #expect(try await Self.deliveries(message, fixture) == [])
        try await fixture.index.write { tx throws in
            #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
            #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .alreadyResponded)
        }
        #expect(try await Self.deliveries(message, fixture).count == 1)
    }

    @Test(
        "An event is queued when the message, its channel or its review's callback has a URL",
        arguments: [
            (nil, nil, nil, 0), (nil, nil, #"{"method":"PUT"}"#, 0), ("http://m/", nil, nil, 1),
            (nil, "http://a/", nil, 1),
            (nil, nil, #"{"url":"http://c/"}"#, 1), ("http://m/", "http://a/", #"{"url":"http://c/"}"#, 1),
        ]
    )
    func urls(message url: String?, channel: String?, callback: String?, count: Int) async throws {
        let fixture = try await Fixture()
        let message = try await Self.send(fixture, webhookURL: url, callbackJSON: callback)
        try await fixture.index.write { tx throws in
            try tx.execute("UPDATE agents SET webhook_url = ? WHERE id = ?", [channel, message.channelID])
            #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
        }
        #expect(try await Self.deliveries(message, fixture).count == count)
    }

    @Test("Of 50 claims at the same moment each gets another delivery, the longest due first, until none is left")
    func claims() async throws {
        let fixture = try await Fixture()
        var messages: [Message.ID] = []
        for _ in 0..<30 { messages.append(try await Self.answered(fixture).id) }
        let claimed = try await withThrowingTaskGroup(of: Delivery?.self) { group in
            for _ in 0..<50 {
                group.addTask { try await fixture.index.write { try $0.claimDelivery(lease: Self.lease) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(claimed.compactMap { $0?.messageID }) == Set(messages))
        #expect(claimed.count { $0 == nil } == 20)
    }

    @Test(
        "A claim holds for its lease; then the delivery may be claimed again, and the first claim's failure is no news"
    )
    func lease() async throws {
        let fixture = try await Fixture()
        let message = try await Self.answered(fixture)
        try await fixture.index.write { tx throws in
            let first = try #require(try tx.claimDelivery(lease: .zero))
            let second = try #require(try tx.claimDelivery(lease: Self.lease))
            #expect(second.id == first.id)
            #expect(try tx.claimDelivery(lease: Self.lease) == nil)
            #expect(try tx.nextDeliveries().map(\.dueAt) == [tx.now + Self.lease])
            try tx.deliveryFailed(first, status: 500, error: "late", retryAfter: nil)
            try tx.giveBack(first)
            #expect(try tx.deliveries(ofAnyMessage: message.id) == [second])
            // But that it arrived is a fact, whoever brought it.
            try tx.deliverySucceeded(first, status: 204)
            #expect(try tx.deliveries(ofAnyMessage: message.id).first?.state == .delivered)
            try tx.deliveryFailed(second, status: 500, error: "late", retryAfter: nil)
            #expect(try tx.deliveries(ofAnyMessage: message.id).first?.state == .delivered)
        }
        #expect(try await Self.status(message, fixture) == .webhookDelivered)
    }

    @Test("A failure waits for its pause, the last one ends it, and the message says so from the first one on")
    func failures() async throws {
        let fixture = try await Fixture()
        let message = try await Self.answered(fixture)
        try await fixture.index.write { tx throws in
            let claimed = try #require(try tx.claimDelivery(lease: Self.lease))
            try tx.deliveryFailed(claimed, status: 503, error: "busy", retryAfter: .seconds(5))
            let waiting = try #require(try tx.deliveries(ofAnyMessage: message.id).first)
            #expect(waiting.state == .pending)
            #expect(waiting.attempts == 1)
            #expect(waiting.attemptedAt == tx.now)
            #expect(waiting.responseStatus == 503)
            #expect(waiting.error == "busy")
            #expect(waiting.nextAttemptAt == tx.now + .seconds(5))
            #expect(try tx.anyMessage(id: message.id)?.message.deliveryStatus == .webhookFailed)
            #expect(try tx.claimDelivery(lease: Self.lease) == nil)
            try tx.deliveryFailed(waiting, status: nil, error: "gone", retryAfter: nil)
            let ended = try #require(try tx.deliveries(ofAnyMessage: message.id).first)
            #expect(ended.state == .failed)
            #expect(ended.attempts == 2)
            #expect(ended.nextAttemptAt == nil)
            #expect(ended.finishedAt == tx.now)
            #expect(try tx.nextDeliveries() == [])
        }
    }

    @Test("What is given back is due at once, as if it had not been tried")
    func givenBack() async throws {
        let fixture = try await Fixture()
        let message = try await Self.answered(fixture)
        try await fixture.index.write { tx throws in
            let claimed = try #require(try tx.claimDelivery(lease: Self.lease))
            try tx.giveBack(claimed)
            let again = try #require(try tx.claimDelivery(lease: Self.lease))
            #expect(again.attempts == 0 && again.attemptedAt == nil)
            try tx.deliverySucceeded(again, status: 200)
            #expect(try tx.deliveries(ofAnyMessage: message.id).first?.attemptedAt == tx.now)
        }
        #expect(try await Self.status(message, fixture) == .webhookDelivered)
    }

    @Test("A channel's deliveries come newest first, page by page, and no other's; of one message if it is named")
    func pages() async throws {
        let fixture = try await Fixture()
        var (ids, messages): ([Delivery.ID], [Message.ID]) = ([], [])
        for _ in 0..<5 {
            let message = try await Self.answered(fixture)
            messages.insert(message.id, at: 0)
            ids.insert(contentsOf: try await Self.deliveries(message, fixture).map(\.id), at: 0)
        }
        let channel = fixture.agent.id
        try await fixture.index.read { [ids, messages] reader throws in
            let ofThird = try reader.deliveries(in: reader.owned(channel), of: messages[2], limit: 3)
            #expect(ofThird.map(\.id) == [ids[2]])
            #expect(try reader.deliveries(in: reader.owned("other"), of: messages[2], limit: 3) == [])
            #expect(try reader.deliveries(in: reader.owned(channel), limit: 3).map(\.id) == Array(ids[..<3]))
            #expect(
                try reader.deliveries(in: reader.owned(channel), before: ids[2], limit: 3).map(\.id) == Array(ids[3...])
            )
            #expect(try reader.deliveries(in: reader.owned("other"), limit: 3) == [])
        }
    }

    @Test("Each channel with something pending stands in the queue once, the longest due first, with its user")
    func queue() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        try await fixture.index.write { try $0.insert(other) }
        let first = try await Self.answered(fixture)
        for _ in 0..<3 { _ = try await Self.answered(fixture) }
        let last = Message.sample(in: other)
        try await fixture.index.write { tx throws in
            try tx.insert(last, review: .sample(of: last, expiresAt: tx.now + .seconds(60)))
            try tx.execute("UPDATE messages SET webhook_url = 'http://m/' WHERE id = ?", [last.id])
            #expect(try tx.complete(reviewOf: last.id, responseJSON: "{}") == .accepted)
            try tx.execute("UPDATE deliveries SET next_attempt_at = 7 WHERE message_id = ?", [first.id])
            let queue = try tx.nextDeliveries()
            #expect(queue.map(\.channelID) == [fixture.agent.id, other.id])
            #expect(queue.map(\.dueAt) == [Timestamp(milliseconds: 7), tx.now])
            #expect(queue.map(\.userID) == [fixture.user.id, fixture.user.id])
            #expect(try tx.claimDelivery(inAnyChannel: other.id, lease: Self.lease)?.messageID == last.id)
            try tx.deleteAgent(in: tx.owned(fixture.agent.id))
            #expect(try tx.nextDeliveries().map(\.channelID) == [other.id])
        }
    }

    @Test("The queue is read by jumps in its index, however many deliveries a channel has", .onlySQLite)
    func queueByIndex() async throws {
        let fixture = try await Fixture()
        let plan = try await fixture.index.read { try $0.plan(of: NextDelivery.query) }
        let steps = plan.filter { $0.contains("deliveries") }
        #expect(steps.count == 3)
        #expect(steps.allSatisfy { $0.hasPrefix("SEARCH deliveries USING INDEX deliveries_due") }, "\(plan)")
    }

    @Test("Events of a channel that are due at the same moment are claimed in the order of their coming")
    func order() async throws {
        let fixture = try await Fixture()
        var messages: [Message.ID] = []
        for _ in 0..<20 { messages.append(try await Self.answered(fixture).id) }
        try await fixture.index.write { [messages] tx throws in
            try tx.execute("UPDATE deliveries SET next_attempt_at = ?, created_at = ?", [tx.now, tx.now])
            // What is given back goes before those that came after it.
            try tx.giveBack(try #require(try tx.claimDelivery(lease: Self.lease)))
            let claimed = try (0..<20).map { _ in try tx.claimDelivery(lease: Self.lease)?.messageID }
            #expect(claimed == messages)
        }
    }

    @Test("When the clock is set back, new events are due at once and retries after their pause, not at the old time")
    func clockSetBack() async throws {
        let fixture = try await Fixture()
        let message = try await Self.answered(fixture)
        let failed = try await Self.answered(fixture)
        try await fixture.index.write { tx throws in
            let hour = tx.now + .seconds(3600)
            try tx.execute(
                "UPDATE deliveries SET created_at = ?, next_attempt_at = ? WHERE message_id = ?",
                [hour, hour, message.id]
            )
            try tx.execute(
                "UPDATE deliveries SET attempts = 1, attempted_at = ?, next_attempt_at = ? WHERE message_id = ?",
                [hour, hour + .seconds(5), failed.id]
            )
            try tx.restartPausesAfterClockWasSetBack()
            #expect(try tx.deliveries(ofAnyMessage: message.id).first?.nextAttemptAt == tx.now)
            #expect(try tx.deliveries(ofAnyMessage: failed.id).first?.nextAttemptAt == tx.now + .seconds(5))
        }
    }

    @Test("A retry makes what has failed or still waits due now, with all attempts before it; nothing else")
    func retry() async throws {
        let fixture = try await Fixture()
        let message = try await Self.answered(fixture)
        let silent = try await Self.answered(fixture, webhookURL: nil)
        try await fixture.index.write { tx throws in
            #expect(try !tx.retryDelivery(ofMessage: silent.id, in: tx.owned(silent.channelID)))
            let first = try #require(try tx.claimDelivery(lease: Self.lease))
            try tx.deliveryFailed(first, status: nil, error: "gone", retryAfter: nil)
            #expect(try tx.retryDelivery(ofMessage: message.id, in: tx.owned(message.channelID)))
            let again = try #require(try tx.claimDelivery(lease: Self.lease))
            #expect(again.id == first.id)
            #expect(again.attempts == 0)
            try tx.deliveryFailed(again, status: nil, error: "gone", retryAfter: .seconds(1800))
            #expect(try tx.retryDelivery(ofMessage: message.id, in: tx.owned(message.channelID)))
            try tx.execute("UPDATE messages SET webhook_url = NULL WHERE id = ?", [message.id])
            #expect(try !tx.retryDelivery(ofMessage: message.id, in: tx.owned(message.channelID)))
            let last = try #require(try tx.claimDelivery(lease: Self.lease))
            try tx.execute("UPDATE messages SET webhook_url = 'http://m/' WHERE id = ?", [message.id])
            try tx.deliverySucceeded(last, status: 200)
            #expect(try !tx.retryDelivery(ofMessage: message.id, in: tx.owned(message.channelID)))
        }
    }

    @Test("A delivery goes with its message")
    func deleted() async throws {
        let fixture = try await Fixture()
        let message = try await Self.answered(fixture)
        try await fixture.index.write { tx throws in
            let claimed = try #require(try tx.claimDelivery(lease: Self.lease))
            #expect(try tx.deleteMessage(message.id, in: tx.owned(message.channelID)) == .deleted)
            try tx.deliverySucceeded(claimed, status: 200)
            try tx.deliveryFailed(claimed, status: nil, error: "gone", retryAfter: nil)
            try tx.giveBack(claimed)
            #expect(try tx.deliveries(ofAnyMessage: message.id) == [])
        }
    }

    @Test("A queued event rings the bell of the queue, and messages without one do not")
    func bell() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let message = try await Self.send(fixture)
        let looks = Atomic(0)
        async let due = index.wait(for: .deliveries, until: .now + .seconds(120)) {
            looks.add(1, ordering: .relaxed)
            return try await index.read { try $0.nextDeliveries().first }
        }
        while index.feed.doorbells.counts[0] < 1 { await Task.yield() }
        for _ in 0..<20 { try await fixture.send() }
        _ = try await index.write { tx throws in try tx.complete(reviewOf: message.id, responseJSON: "{}") }
        #expect(try await due != nil)
        #expect(looks.load(ordering: .relaxed) == 2)
    }

    @Test("The end of an attempt and a retry ring the bell too", arguments: 0..<4)
    func bellOfAttempts(step: Int) async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let message = try await Self.answered(fixture)
        let claimed = try #require(try await index.write { try $0.claimDelivery(lease: Self.lease) })
        let looks = Atomic(0)
        async let rung = index.wait(for: .deliveries, until: .now + .seconds(120)) {
            looks.add(1, ordering: .relaxed).newValue > 1 ? true : nil
        }
        while index.feed.doorbells.counts[0] < 1 || looks.load(ordering: .relaxed) < 1 { await Task.yield() }
        try await index.write { tx throws in
            switch step {
            case 0: try tx.deliverySucceeded(claimed, status: 200)
            case 1: try tx.deliveryFailed(claimed, status: nil, error: "gone", retryAfter: .seconds(1))
            case 2: try tx.giveBack(claimed)
            default: #expect(try tx.retryDelivery(ofMessage: message.id, in: tx.owned(message.channelID)))
            }
        }
        #expect(try await rung == true)
    }
}

extension Transaction {
    /// Claims the head of the queue, whosever it is.
    fileprivate func claimDelivery(lease: Duration) throws -> Delivery? {
        try nextDeliveries().first.flatMap { try claimDelivery(inAnyChannel: $0.channelID, lease: lease) }
    }
}
