import GRDB
import Testing

@testable import Index

@Suite("Change feed")
struct ChangeFeedTests {
    struct Refusal: Error {}

    @Test("Every transaction announces what it changed, in the order of the commits, under growing numbers")
    func announcements() async throws {
        let fixture = try await Fixture()
        let (index, channel) = (fixture.index, fixture.agent.id)
        let subscription = index.subscribe(to: [.channel(channel)])
        let message = try await fixture.send(reviewFor: .seconds(60))
        let overdue = try await fixture.send(reviewFor: .seconds(-1))
        try await index.write { tx in
            _ = try tx.complete(reviewOf: message.id, responseJSON: "{}")
            _ = try tx.complete(reviewOf: message.id, responseJSON: "{}")
        }
        _ = try await index.write { tx in try tx.expireDue(limit: 9) }
        try await index.write { tx in
            try tx.acknowledge(messageID: message.id, channelID: channel)
            try tx.acknowledge(messageID: message.id, channelID: channel)
            _ = try tx.nextIteration(of: message.id, channelID: channel)
            _ = try tx.deleteMessage(id: overdue.id, channelID: channel)
            tx.announce(Change(.agentStatus, channelID: channel))
        }
        let seen = try await subscription.first(8)
        let expected: [(Change.Kind, String?)] = [
            (.messageCreated, message.id), (.messageCreated, overdue.id), (.reviewResponded, message.id),
            (.reviewExpired, overdue.id), (.messageDelivery, message.id), (.messageUpdated, message.id),
            (.messageDeleted, overdue.id), (.agentStatus, nil),
        ]
        #expect(seen.map(\.change) == expected.map { Change($0, channelID: channel, messageID: $1) })
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.number < $1.number })
    }

    @Test("When a change is announced it is committed: who hears of it finds it")
    func afterCommit() async throws {
        let fixture = try await Fixture()
        let stranger = try fixture.stranger()
        let subscription = fixture.index.subscribe(to: [.everything])
        let writer = Task { for _ in 0..<50 { try await fixture.send() } }
        var count = 0
        for try await announcement in subscription {
            count += 1
            let isThere = try await stranger.read { db in
                let sql = "SELECT 1 FROM messages WHERE id = ?"
                return try Int.fetchOne(db, sql: sql, arguments: [announcement.change.messageID]) == 1
            }
            #expect(isThere)
            if count == 50 { break }
        }
        try await writer.value
    }

    @Test("A unit that throws announces nothing; its neighbours of the same group do")
    func rolledBackUnit() async throws {
        let fixture = try await Fixture()
        let subscription = fixture.index.subscribe(to: [.everything])
        let messages = (0..<3).map { _ in Message.sample(in: fixture.agent) }
        _ = try await fixture.index.asOneGroup(
            messages.enumerated().map { number, message in
                { tx in
                    try tx.insert(message)
                    if number == 1 { throw Refusal() }
                }
            }
        )
        let last = try await fixture.send()
        let seen = try await subscription.first(3).map(\.change.messageID)
        #expect(Set(seen) == [messages[0].id, messages[2].id, last.id])
        #expect(seen.last == last.id)
    }

    @Test("A commit that fails announces nothing")
    func failedCommit() async throws {
        let fixture = try await Fixture()
        let subscription = fixture.index.subscribe(to: [.everything])
        let observer = CommitFailureTests.FailingCommit()
        await #expect(throws: IndexError.full) {
            try await fixture.index.write { tx in
                tx.db.add(transactionObserver: observer, extent: .nextTransaction)
                try tx.insert(.sample(in: fixture.agent))
            }
        }
        try await fixture.index.write { tx in tx.db.remove(transactionObserver: observer) }
        let message = try await fixture.send()
        #expect(try await subscription.first(1).map(\.change.messageID) == [message.id])
    }

    @Test("A subscriber gets its topics and no others, a change of two of them once")
    func topics() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        try await fixture.index.write { tx in try tx.insert(other) }
        let message = try await fixture.send(reviewFor: .seconds(60))
        let ofMessage = fixture.index.subscribe(to: [.message(message.id), .channel(message.channelId)])
        let ofAnswers = fixture.index.subscribe(to: [.answers(channelID: message.channelId)])
        try await fixture.index.write { tx in try tx.insert(.sample(in: other)) }
        let next = try await fixture.send()
        _ = try await fixture.index.write { tx in try tx.complete(reviewOf: message.id, responseJSON: "{}") }
        #expect(try await ofMessage.first(2).map(\.change.messageID) == [next.id, message.id])
        #expect(try await ofAnswers.first(1).map(\.change.kind) == [.reviewResponded])
    }

    @Test("A subscriber that leaves too much unread gets what it has and then .tooSlow; the others go on")
    func slowSubscriber() async throws {
        let fixture = try await Fixture()
        let slow = fixture.index.subscribe(to: [.everything], capacity: 3)
        let other = fixture.index.subscribe(to: [.everything], capacity: 4)
        var ids: [String] = []
        for _ in 0..<4 { ids.append(try await fixture.send().id) }
        #expect(fixture.index.feed.subscriberCount == 1)
        var seen: [String?] = []
        await #expect(throws: IndexError.tooSlow) {
            for try await announcement in slow { seen.append(announcement.change.messageID) }
        }
        #expect(seen == Array(ids[..<3]))
        #expect(try await other.first(4).map(\.change.messageID) == ids)
    }

    @Test("Letting go of a subscription, or cancelling its reader, leaves nothing behind")
    func unsubscribing() async throws {
        let fixture = try await Fixture()
        let feed = fixture.index.feed
        do { _ = fixture.index.subscribe(to: [.everything, .channel("c")]) }
        let reader = Task { [index = fixture.index] in
            for try await _ in index.subscribe(to: [.channel("c")]) {}
        }
        while feed.subscriberCount != 1 { await Task.yield() }
        reader.cancel()
        try await reader.value
        #expect(feed.subscriberCount == 0)
    }

    @Test("Closing the index ends subscriptions with .closed, after the last commit's changes")
    func closing() async throws {
        let fixture = try await Fixture()
        let subscription = fixture.index.subscribe(to: [.everything])
        let message = try await fixture.send()
        try fixture.index.close()
        var seen: [String?] = []
        await #expect(throws: IndexError.closed) {
            for try await announcement in subscription { seen.append(announcement.change.messageID) }
        }
        #expect(seen == [message.id])
        await #expect(throws: IndexError.closed) {
            for try await _ in fixture.index.subscribe(to: [.everything]) {}
        }
    }

    @Test("Numbers go on growing when the index is opened again")
    func numbersAcrossStarts() async throws {
        let fixture = try await Fixture()
        let before = fixture.index.subscribe(to: [.everything])
        try await fixture.send()
        let first = try await before.first(1)
        try fixture.index.close()
        try await Task.sleep(for: .milliseconds(2))
        let index = try Index(path: fixture.path, storeID: Fixture.storeID)
        let after = index.subscribe(to: [.everything])
        try await index.write { tx in try tx.insert(.sample(in: fixture.agent)) }
        #expect(try await after.first(1)[0].number > first[0].number)
    }
}

extension ChangeSubscription {
    /// The next `count` announcements.
    fileprivate func first(_ count: Int) async throws -> [Announcement] {
        try await prefix(count).reduce(into: []) { $0.append($1) }
    }
}
