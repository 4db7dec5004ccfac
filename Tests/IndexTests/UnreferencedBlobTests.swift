import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Unreferenced blobs")
struct UnreferencedBlobTests {
    typealias Reason = CollectionPlan.Reason

    @Test(
        "are those whose last attachment went, alone, with its message or with its channel",
        arguments: [
            ("DELETE FROM attachments", .fileDeleted), ("DELETE FROM messages", .messageDeleted),
            ("DELETE FROM agents", .channelDeleted),
            ("UPDATE agents SET removed_at = 1; DELETE FROM attachments", .channelDeleted),
        ] as [(String, Reason)]
    )
    func lastOne(delete: String, reason: Reason) async throws {
        let fixture = try await Fixture()
        let (message, blob) = (Message.sample(in: fixture.agent), Blob.sample())
        try await fixture.index.write { tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(message)
            for _ in 0..<2 { try tx.insert(Attachment.sample(in: fixture.agent, blob: blob, message: message)) }
        }
        #expect(try await fixture.unreferenced() == [])
        try await fixture.index.write { tx in try tx.db.execute(sql: delete) }
        #expect(try await fixture.unreferenced() == [blob.sha256])
        let plan = try await fixture.plan()
        #expect(plan.byReason == [reason: plan.blobs])
        let name = reason == .channelDeleted ? nil : fixture.agent.name
        let share = CollectionPlan.ChannelShare(channelID: fixture.agent.id, name: name, blobs: plan.blobs)
        #expect(plan.byChannel == [share])
    }

    @Test("tell whether their last file had expired", arguments: [(-60, Reason.expired), (60, Reason.fileDeleted)])
    func expired(seconds: Int, reason: Reason) async throws {
        let fixture = try await Fixture()
        let blob = Blob.sample()
        var file = Attachment.sample(in: fixture.agent, blob: blob)
        file.expiresAt = .now() + .seconds(seconds)
        try await fixture.index.write { [file] tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(file)
            try tx.db.execute(sql: "DELETE FROM attachments")
        }
        #expect(try await fixture.plan().byReason[reason]?.count == 1)
    }

    @Test("are none while one attachment is left, nor once there is one again")
    func oneLeft() async throws {
        let fixture = try await Fixture()
        let blob = Blob.sample()
        let files = (0..<2).map { _ in Attachment.sample(in: fixture.agent, blob: blob) }
        try await fixture.index.write { tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            for file in files { try tx.insert(file) }
            try tx.deleteAttachment(files[0].id, ownedBy: ActingUser(id: fixture.user.id))
        }
        #expect(try await fixture.unreferenced() == [])
        try await fixture.index.write { tx in
            _ = try tx.deleteAttachment(files[1].id, ownedBy: ActingUser(id: fixture.user.id))
        }
        #expect(try await fixture.unreferenced() == [blob.sha256])
        try await fixture.index.write { tx in try tx.insert(files[0]) }
        #expect(try await fixture.unreferenced() == [])
    }

    @Test("are collected when they have waited, in the order of their digests, and their keys doomed")
    func collected() async throws {
        let fixture = try await Fixture()
        let blobs = (0..<3).map { _ in Blob.sample() }
        try await fixture.index.write { tx in
            for (age, blob) in zip([0, 1_999, 2_000], blobs) {
                _ = try tx.insertBlobOrKeepWinner(blob)
                let insert = "INSERT INTO unreferenced_blobs VALUES (?, ?, 0, 'c', 'expired')"
                try tx.db.execute(sql: insert, arguments: [blob.sha256, age])
            }
        }
        let plan = CollectionPlan.ID(moment: Timestamp(milliseconds: 2_000), grace: .zero)
        let due = blobs[..<2].map(\.sha256).sorted()
        let first = try await fixture.index.read { try $0.collectableBlobs(of: plan, after: "", limit: 1) }
        #expect(first == [due[0]])
        let rest = try await fixture.index.read { try $0.collectableBlobs(of: plan, after: due[0], limit: 10) }
        #expect(rest == [due[1]])
        let all = blobs.map(\.sha256)
        let run = RunningCollection(.run, of: plan)
        let taken = try await fixture.index.write { try $0.collectBlobs(all[...], of: plan, in: run) }
        #expect(taken == CollectedBlobs(count: 2, bytes: blobs[0].size + blobs[1].size))
        #expect(try await fixture.unreferenced() == [blobs[2].sha256])
        let doomed = try await fixture.index.read { try $0.dueDoomedKeys(now: .now(), limit: 10) }
        #expect(doomed.map(\.key) == blobs[..<2].map(\.key).sorted())
    }
}

extension Fixture {
    /// What a collection would take in a minute, without grace.
    fileprivate func plan() async throws -> CollectionPlan {
        try await index.read { try $0.collectionPlan(at: .now() + .seconds(60), grace: .zero) }
    }

    fileprivate func unreferenced() async throws -> [String] {
        try await index.read { try String.fetchAll($0.db, sql: "SELECT sha256 FROM unreferenced_blobs") }
    }
}
