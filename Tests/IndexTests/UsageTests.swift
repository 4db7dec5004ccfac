import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Counts of files")
struct UsageTests {
    /// A message with two files, an unattached one, and one in another channel, of 5 bytes each.
    private static func filled(_ fixture: Fixture) async throws -> (message: Message, other: Agent) {
        let (blob, message) = (Blob.sample(), Message.sample(in: fixture.agent))
        let other = Agent.sample(of: fixture.user)
        try await fixture.index.write { tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(other)
            try tx.insert(message)
            for _ in 0..<2 { try tx.insert(Attachment.sample(in: fixture.agent, blob: blob, message: message)) }
            try tx.insert(Attachment.sample(in: fixture.agent, blob: blob))
            try tx.insert(Attachment.sample(in: other, blob: blob))
        }
        return (message, other)
    }

    private static func bytes(_ fixture: Fixture, _ channel: Agent.ID?) async throws -> [Int?] {
        try await fixture.index.read { reader in
            #expect(try reader.wrongCounts() == [])
            let usage = try reader.usage(of: ActingUser(id: fixture.user.id), in: channel)
            return [usage.channel, usage.user, usage.all]
        }
    }

    @Test("each file counts for its channel, its user and all, equal contents each time")
    func counted() async throws {
        let fixture = try await Fixture()
        let (_, other) = try await Self.filled(fixture)
        #expect(try await Self.bytes(fixture, fixture.agent.id) == [15, 20, 20])
        #expect(try await Self.bytes(fixture, other.id) == [5, 20, 20])
        #expect(try await Self.bytes(fixture, nil) == [nil, 20, 20])
    }

    @Test("a file stops counting with its message, when it is deleted or expires, and when its channel is deleted")
    func gone() async throws {
        let fixture = try await Fixture()
        let (message, other) = try await Self.filled(fixture)
        try await fixture.index.write { tx in _ = try tx.deleteMessage(message.id, in: tx.owned(fixture.agent.id)) }
        #expect(try await Self.bytes(fixture, fixture.agent.id) == [5, 10, 10])
        let plan = CollectionPlan.ID(moment: Timestamp(milliseconds: .max), grace: .zero)
        let run = RunningCollection(.run, of: plan)
        try await fixture.index.write { tx in _ = try tx.removeFiles(of: plan, in: run, limit: 1) }
        #expect(try await Self.bytes(fixture, nil) == [nil, 5, 5])
        for channel in [fixture.agent.id, other.id] {
            try await fixture.index.write { tx in try tx.deleteAgent(in: tx.owned(channel)) }
        }
        #expect(try await Self.bytes(fixture, other.id) == [nil, 0, 0])
        for _ in 0..<6 { try await fixture.index.write { tx in try tx.removeDeletedAgents(limit: 1) } }
        #expect(try await fixture.index.read { try $0.attachmentCount() } == 0)
        #expect(try await Self.bytes(fixture, nil) == [nil, 0, 0])
    }

    @Test("another user's channel is not told of")
    func foreign() async throws {
        let fixture = try await Fixture()
        _ = try await Self.filled(fixture)
        let stranger = User.sample(email: "eve@example.org")
        try await fixture.index.write { tx in try tx.insert(stranger) }
        let usage = try await fixture.index.read { reader in
            try reader.usage(of: ActingUser(id: stranger.id), in: fixture.agent.id)
        }
        #expect(usage == Usage(all: 20, user: 0, userQuota: nil, channel: nil, channelQuota: nil))
    }

    @Test(
        "a check finds a count that is wrong",
        arguments: [
            ("agents", "file_bytes", "agent"), ("users", "file_bytes", "user"), ("store", "file_bytes", "all users"),
            ("store", "audit_count", "audit log"), ("audit_counts", "entry_count", "in the audit log"),
            ("store", "unattached_bytes", "unattached"), ("store", "collected_count", "blobs"),
            ("store", "doomed_count", "blobs"), ("channel_counts", "user_messages", "messages"),
            ("channel_counts", "expired_reviews", "reviews"), ("channel_counts", "delivered", "deliveries"),
        ]
    )
    func wrong(table: String, column: String, name: String) async throws {
        let fixture = try await Fixture()
        _ = try await Self.filled(fixture)
        try await fixture.index.write { tx in
            try tx.db.execute(sql: "UPDATE \(table) SET \(column) = \(column) + 1")
        }
        let faults = try await fixture.index.read { try $0.wrongCounts() }
        #expect(faults.contains { $0.contains(name) })
    }
}
