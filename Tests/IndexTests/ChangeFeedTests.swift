import IndexSupport
import Testing

@testable import Index

@Suite("Change feed")
struct ChangeFeedTests {
    struct Refusal: Error {}

    @Test("Every transaction announces what it changed, in the order of the commits, under growing numbers")
    func announcements() async throws {
        let fixture = try await Fixture()
        let (index, channel) = (fixture.index, fixture.agent.id)
        let start = index.lastChangeNumber
        let message = try await fixture.send(reviewFor: .seconds(60))
        let overdue = try await fixture.send(reviewFor: .seconds(-1))
        try await index.write { tx in
            _ = try tx.complete(reviewOf: message.id, responseJSON: "{}")
            _ = try tx.complete(reviewOf: message.id, responseJSON: "{}")
        }
        _ = try await index.write { tx in try tx.expireDue(limit: 9) }
        try await index.write { tx in
            try tx.acknowledge(message.id, in: tx.owned(channel))
            try tx.acknowledge(message.id, in: tx.owned(channel))
            _ = try tx.nextIteration(of: message.id, in: tx.owned(channel))
            _ = try tx.deleteMessage(overdue.id, in: tx.owned(channel))
            try tx.announce(Change(.agentStatus, channelID: channel))
        }
        let seen = try #require(index.changes(of: .channel(channel), after: start)).changes
        let expected: [(Change.Kind, Message.ID?)] = [
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
        let (index, channel) = (fixture.index, fixture.agent.id)
        let stranger = try fixture.stranger()
        let start = index.lastChangeNumber
        let writer = Task { for _ in 0..<50 { try await fixture.send() } }
        var seen = start
        while seen < start + 50 {
            let after = seen
            let heard = try await index.wait(for: .channel(channel), until: .now + .seconds(60)) {
                let batch = index.changes(of: .channel(channel), after: after)
                return batch?.changes.isEmpty == false ? batch : nil
            }
            let batch = try #require(heard)
            for announcement in batch.changes {
                let sql = "SELECT 1 FROM messages WHERE id = ?"
                #expect(try Int.fetchOne(stranger, sql: sql, arguments: [announcement.change.messageID]) == 1)
            }
            seen = batch.last
        }
        try await writer.value
    }

    @Test("A unit that throws announces nothing; its neighbours of the same group do")
    func rolledBackUnit() async throws {
        let fixture = try await Fixture()
        let start = fixture.index.lastChangeNumber
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
        let seen = try fixture.changes(after: start).map(\.change.messageID)
        #expect(seen.count == 3)
        #expect(Set(seen) == [messages[0].id, messages[2].id, last.id])
        #expect(seen.last == last.id)
    }

    @Test("A commit that fails announces nothing")
    func failedCommit() async throws {
        let fixture = try await Fixture()
        let start = fixture.index.lastChangeNumber
        await #expect(throws: IndexError.full) {
            try await fixture.index.write { tx in
                tx.db.willCommit = CommitFailureTests.full
                try tx.insert(.sample(in: fixture.agent))
            }
        }
        try await fixture.index.write { tx in tx.db.willCommit = nil }
        let message = try await fixture.send()
        #expect(try fixture.changes(after: start).map(\.change.messageID) == [message.id])
    }

    @Test("A channel's changes are its own, and none of another's")
    func channels() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        try await fixture.index.write { tx in try tx.insert(other) }
        let start = fixture.index.lastChangeNumber
        let message = try await fixture.send(reviewFor: .seconds(60))
        try await fixture.index.write { tx in try tx.insert(.sample(in: other)) }
        _ = try await fixture.index.write { tx in try tx.complete(reviewOf: message.id, responseJSON: "{}") }
        #expect(try fixture.changes(after: start).map(\.change.kind) == [.messageCreated, .reviewResponded])
        #expect(fixture.index.changes(of: .channel(other.id), after: start)?.changes.count == 1)
    }

    @Test("Who has heard nothing goes on from the newest number, unless there is something to hear by now")
    func quiet() async throws {
        let fixture = try await Fixture()
        let (index, other) = (fixture.index, Agent.sample(of: fixture.user))
        try await index.write { tx in try tx.insert(other) }
        let start = index.lastChangeNumber
        try await fixture.send()
        #expect(index.quietNumber(of: .channel(other.id), after: start) == index.lastChangeNumber)
        #expect(index.quietNumber(of: .channel(fixture.agent.id), after: start) == start)
        #expect(index.quietNumber(of: .user(fixture.user.id), after: start) == start)
    }

    @Test("Numbers go on growing when the index is opened again, and those of before are not known", .onlySQLite)
    func numbersAcrossStarts() async throws {
        let fixture = try await Fixture()
        try await fixture.send()
        let before = fixture.index.lastChangeNumber
        fixture.index.close()
        try await Task.sleep(for: .milliseconds(2))
        let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID)
        #expect(index.lastChangeNumber > before)
        #expect(index.changes(of: .channel(fixture.agent.id), after: before) == nil)
        index.close()
    }
}

@Suite("The log of changes")
struct ChangeLogTests {

    @Test("the latest are kept; who is behind them is told, and who listens to a quiet channel is not")
    func bounds() {
        var log = ChangeLog(start: 100)
        log.append("quiet")
        log.append("busy")
        #expect(log.changes(of: .channel("quiet"), after: 100)?.map(\.number) == [101])
        #expect(log.changes(of: .channel("quiet"), after: 101) == [])
        for _ in 0..<ChangeLog.capacity { log.append("busy") }
        #expect(log.changes(of: .channel("quiet"), after: 100) == nil)
        #expect(log.changes(of: .channel("quiet"), after: 101) == [])
        #expect(log.changes(of: .channel("silent"), after: 100) == [])
        #expect(log.changes(of: .channel("busy"), after: 101) == nil)
        #expect(log.changes(of: .channel("busy"), after: 102)?.count == ChangeLog.capacity)
        #expect(
            log.changes(of: .channel("busy"), after: log.lastNumber - 2)?.map(\.number) == [
                log.lastNumber - 1, log.lastNumber,
            ]
        )
    }

    @Test("however many channels come and go, what is remembered of them is bounded")
    func bounded() {
        var log = ChangeLog(start: 100)
        for number in 0..<4 * ChangeLog.capacity {
            log.append(Agent.ID(rawValue: "\(number)"), of: User.ID(rawValue: "\(number)"))
        }
        #expect(log.lastForgotten.count <= ChangeLog.capacity + 1)
        // Who is too far behind for that is told to read anew, and nobody else.
        #expect(log.changes(of: .channel("silent"), after: 100) == nil)
        #expect(log.changes(of: .channel("silent"), after: log.lastNumber - Int64(ChangeLog.capacity)) == [])
    }

    @Test("who listens to all channels of a user hears them all, no others, and is told of what was missed")
    func users() {
        var log = ChangeLog(start: 100)
        log.append("a", of: "ada")
        log.append("b", of: "ada")
        log.append("c", of: "eve")
        #expect(log.changes(of: .user("ada"), after: 100)?.map(\.change.channelID) == ["a", "b"])
        #expect(log.changes(of: .user("ada"), after: 100, limit: 1)?.map(\.number) == [101])
        #expect(log.changes(of: .user("ada"), after: 102) == [])
        for _ in 0..<ChangeLog.capacity { log.append("c", of: "eve") }
        #expect(log.changes(of: .user("ada"), after: 101) == nil)
        #expect(log.changes(of: .user("ada"), after: 102) == [])
        #expect(log.changes(of: .user("eve"), after: 103)?.count == ChangeLog.capacity)
    }

    @Test("a number that was never given, from before or from the future, is not known")
    func foreignNumbers() {
        var log = ChangeLog(start: 100)
        log.append("a")
        #expect(log.changes(of: .channel("a"), after: 99) == nil)
        #expect(log.changes(of: .channel("a"), after: 102) == nil)
        #expect(log.changes(of: .channel("a"), after: .min) == nil)
        #expect(log.changes(of: .channel("a"), after: .max) == nil)
    }
}

extension Fixture {
    fileprivate func changes(after number: Int64) throws -> [Announcement] {
        try #require(index.changes(of: .channel(agent.id), after: number)).changes
    }
}

extension ChangeLog {
    fileprivate mutating func append(_ channelID: Agent.ID, of userID: User.ID = "ada") {
        _ = append(Change(.messageCreated, channelID: channelID), userID: userID)
    }
}
