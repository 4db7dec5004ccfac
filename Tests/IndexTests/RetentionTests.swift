import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Age limits of channels")
struct RetentionTests {
    private static let day = Duration.seconds(24 * 60 * 60)
    private static let now = Timestamp.now() + .seconds(100 * 24 * 60 * 60)

    /// A channel that keeps its messages for ten days.
    private static func fixture() async throws -> Fixture {
        let fixture = try await Fixture()
        var agent = fixture.agent
        agent.retentionDays = 10
        try await fixture.index.write { [agent] tx in try tx.update(agent) }
        return fixture
    }

    /// A message of that age in days. Its id is as old.
    private static func message(_ fixture: Fixture, age: Int, _ change: (inout Message) -> Void = { _ in }) -> Message {
        let time = now + .seconds(-age * 24 * 60 * 60)
        var message = Message.sample(in: fixture.agent)
        message.id = Message.ID(
            rawValue: "\(OrderedUUID.earliest(at: time).dropLast(12))\(OrderedUUID.make().suffix(12))"
        )
        (message.createdAt, message.updatedAt) = (time, time)
        change(&message)
        return message
    }

    private static func remove(_ fixture: Fixture, after last: Message.ID? = nil, limit: Int = 100) async throws
        -> RetentionStep
    {
        try await fixture.index.write { tx in
            try tx.removeOldMessages(in: fixture.agent.id, after: last, at: now, limit: limit)
        }
    }

    private static func left(_ fixture: Fixture) async throws -> [Message.ID] {
        try await fixture.index.read { try $0.all("SELECT id FROM messages ORDER BY id") }
    }

    @Test("delete what is older, with its files and finished reviews, and tell of it; nothing without a limit")
    func old() async throws {
        let fixture = try await Self.fixture()
        let other = Agent.sample(of: fixture.user)
        let messages = [11, 10, 9].map { Self.message(fixture, age: $0) }
        var elsewhere = Self.message(fixture, age: 50)
        elsewhere.channelID = other.id
        let blob = Blob.sample()
        try await fixture.index.write { [elsewhere] tx in
            try tx.insert(other)
            for message in messages + [elsewhere] { try tx.insert(message) }
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(Attachment.sample(in: fixture.agent, blob: blob, message: messages[0]))
        }
        let (feed, start) = (fixture.index.feed, fixture.index.feed.lastNumber)
        #expect(try await Self.remove(fixture) == RetentionStep(deleted: 1))
        #expect(try await Self.left(fixture) == [elsewhere.id, messages[1].id, messages[2].id])
        #expect(try await fixture.index.read { try $0.attachmentCount() } == 0)
        let told = feed.changes(of: .channel(fixture.agent.id), after: start, limit: 9)?.changes.map(\.change)
        let reasons: [CollectionPlan.Reason] = try await fixture.index.read {
            try $0.all("SELECT reason FROM unreferenced_blobs")
        }
        #expect(reasons == [.ageLimit])
        let noted: [Int] = try await fixture.index.read {
            try $0.all(
                "SELECT count FROM audit WHERE action = 'message.deleted' AND way = 'server' AND channel_id = ?",
                [fixture.agent.id]
            )
        }
        #expect(noted == [1])
        #expect(told == [Change(.messageDeleted, channelID: fixture.agent.id, messageID: messages[0].id)])
        #expect(try await fixture.index.read { try $0.channelWithRetention(after: nil) } == fixture.agent.id)
        #expect(try await fixture.index.read { try $0.channelWithRetention(after: fixture.agent.id) } == nil)
    }

    @Test("leave what somebody waits for: pending reviews, unacknowledged answers, drafts, events under way")
    func awaited() async throws {
        let fixture = try await Self.fixture()
        let (pending, answered) = (Self.message(fixture, age: 20), Self.message(fixture, age: 20))
        let draft = Self.message(fixture, age: 20) { ($0.streamID, $0.streamState) = ("s", .streaming) }
        let plain = Self.message(fixture, age: 20)
        let ids = [pending, answered, draft].map(\.id)
        try await fixture.index.write { tx in
            for message in [pending, answered] {
                try tx.insert(message, review: Review.sample(of: message, expiresAt: Self.now))
            }
            for message in [draft, plain] { try tx.insert(message) }
            _ = try tx.complete(reviewOf: answered.id, responseJSON: "{}")
            try tx.db.execute(
                sql: """
                    INSERT INTO deliveries (id, channel_id, message_id, event, state, attempts, next_attempt_at, created_at)
                    VALUES ('d', ?, ?, 'message:created', 'pending', 0, 1, 1)
                    """,
                arguments: [plain.channelID, plain.id]
            )
        }
        #expect(try await Self.remove(fixture) == RetentionStep())
        #expect(Set(try await Self.left(fixture)) == Set(ids + [plain.id]))
        try await fixture.index.write { tx in
            try tx.db.execute(sql: "DELETE FROM deliveries")
            try tx.acknowledge(answered.id, in: tx.owned(fixture.agent.id))
        }
        #expect(try await Self.remove(fixture).deleted == 2)
        #expect(Set(try await Self.left(fixture)) == [pending.id, draft.id])
    }

    @Test("delete the versions of a question together, once all of them are old and done")
    func versions() async throws {
        let fixture = try await Self.fixture()
        func version(_ number: Int, age: Int, of group: Message.ID?) -> Message {
            Self.message(fixture, age: age) { $0.iteration = Iteration(groupID: group ?? $0.id, number: number) }
        }
        let first = version(1, age: 30, of: nil)
        let young = version(2, age: 5, of: first.id)
        let done = version(1, age: 30, of: nil)
        let last = version(2, age: 20, of: done.id)
        try await fixture.index.write { tx in for message in [first, young, done, last] { try tx.insert(message) } }
        #expect(try await Self.remove(fixture).deleted == 2)
        #expect(try await Self.left(fixture) == [first.id, young.id])
    }

    @Test("go on after the last that was looked at, also when that one stays")
    func batches() async throws {
        let fixture = try await Self.fixture()
        let kept = (0..<3).map { _ in Self.message(fixture, age: 30) }.sorted { $0.id < $1.id }
        let old = Self.message(fixture, age: 20)
        try await fixture.index.write { tx in
            for message in kept { try tx.insert(message, review: Review.sample(of: message, expiresAt: Self.now)) }
            try tx.insert(old)
        }
        let first = try await Self.remove(fixture, limit: 2)
        #expect(first == RetentionStep(deleted: 0, last: kept[1].id))
        let second = try await Self.remove(fixture, after: first.last, limit: 2)
        #expect(second == RetentionStep(deleted: 1, last: old.id))
        #expect(try await Self.remove(fixture, after: second.last, limit: 2) == RetentionStep())
    }
}
