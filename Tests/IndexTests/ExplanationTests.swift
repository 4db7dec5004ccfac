import IndexSupport
import Synchronization
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Explanations")
struct ExplanationTests {
    private static let day = Duration.seconds(24 * 60 * 60)

    /// A blob under a key as the store makes them, with a file in no message.
    private func store(_ fixture: Fixture, message: Message? = nil) async throws -> (blob: Blob, file: Attachment) {
        let digest = String.randomDigest()
        let key = "sha256/\(digest.prefix(2))/\(digest.dropFirst(2)).\(String(repeating: "0", count: 32))"
        let blob = Blob.sample(sha256: digest, key: key)
        let file = Attachment.sample(in: fixture.agent, blob: blob, message: message)
        try await fixture.index.write { tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(file)
        }
        return (blob, file)
    }

    private func explain(_ fixture: Fixture, _ blob: Blob) async throws -> BlobExplanation {
        try await fixture.index.read { try $0.explanation(ofContent: blob.sha256, at: .now(), grace: Self.day) }
    }

    private func explain(_ fixture: Fixture, file id: Attachment.ID) async throws -> BlobExplanation {
        try await fixture.index.read { try $0.explanation(ofFile: id, at: .now(), grace: Self.day) }
    }

    private func delete(_ fixture: Fixture, _ file: Attachment) async throws {
        try await fixture.index.write { tx in
            _ = try tx.deleteAttachment(file.id, ownedBy: ActingUser(id: fixture.user.id))
        }
    }

    /// Takes all that no file has, and files whose time is over.
    private func collect(_ fixture: Fixture, _ trigger: CollectionRun.Trigger) async throws -> CollectionRun.ID {
        let plan = CollectionPlan.ID(moment: .now() + .seconds(2), grace: .zero)
        let run = RunningCollection(trigger, of: plan)
        try await fixture.index.write { tx in
            _ = try tx.collectBlobs(try tx.collectableBlobs(of: plan, after: "", limit: 99)[...], of: plan, in: run)
            _ = try tx.removeFiles(of: plan, in: run, limit: 99)
        }
        return run.id
    }

    @Test("a content is kept by files, each with its message, channel and owner: the oldest are named, all counted")
    func kept() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send()
        let (blob, file) = try await store(fixture, message: message)
        let more = (0..<BlobExplanation.mostFiles).map { _ in Attachment.sample(in: fixture.agent, blob: blob) }
        try await fixture.index.write { tx in
            for file in more { try tx.insert(file) }
            try tx.db.execute(sql: "UPDATE blobs SET damaged_at = 7")
        }
        let explained = try await explain(fixture, blob)
        #expect(explained.state == .kept && explained.size == blob.size && explained.file == nil)
        #expect(explained.damagedAt == Timestamp(milliseconds: 7))
        #expect(explained.fileCount == more.count + 1 && explained.files.count == BlobExplanation.mostFiles)
        let first = try #require(explained.files.first)
        #expect(first.id == file.id && first.messageID == message.id && first.expiresAt == nil)
        #expect(first.channelName == fixture.agent.name && first.email == fixture.user.email)
        #expect(explained.files[1].messageID == nil && explained.files[1].expiresAt == more[0].expiresAt)
        // The file that was asked about is named before all.
        let last = more[more.count - 1].id
        let asked = try await explain(fixture, file: last)
        #expect(asked.file == FileFate(id: last, state: .kept))
        #expect(asked.files.count == BlobExplanation.mostFiles && asked.files[0].id == last)
        #expect(asked.files[1].id == file.id)
    }

    @Test("a content in no file says since when and why, and when the schedule takes it")
    func unreferenced() async throws {
        let fixture = try await Fixture()
        let (blob, file) = try await store(fixture)
        try await delete(fixture, file)
        let explained = try await explain(fixture, blob)
        #expect(explained.state == .unreferenced && explained.fileCount == 0)
        #expect(explained.reason == .expired && explained.channelID == fixture.agent.id)
        let since = try #require(explained.since)
        #expect(try #require(explained.dueAt) > since + (Self.day - .seconds(1)))
        // The server has run for 20 hours since the first look that saw it.
        try await fixture.index.write { tx in
            for hours in 0...20 {
                let moment = since + .seconds(1 + hours * 3600)
                _ = try tx.noteClockLook(at: moment, after: hours == 0 ? .zero : .seconds(3600), grace: Self.day)
            }
        }
        let due = try #require(try await explain(fixture, blob).dueAt)
        let wait = Timestamp.now().duration(to: due)
        #expect(wait > .seconds(4 * 3600 - 60) && wait <= .seconds(4 * 3600))
        let fate = try #require(try await explain(fixture, file: file.id).file)
        #expect(fate.state == .deleted && fate.at != nil)
    }

    @Test("a content that a run took says which one and why, and until when it comes back, or is held by a backup")
    func collected() async throws {
        let fixture = try await Fixture()
        let (blob, file) = try await store(fixture)
        try await delete(fixture, file)
        let run = try await collect(fixture, .schedule)
        var explained = try await explain(fixture, blob)
        #expect(explained.state == .collected && explained.run?.id == run && explained.size == blob.size)
        #expect(explained.reason == .expired && explained.channelID == fixture.agent.id)
        #expect(try #require(explained.removedFrom) > .now() + .seconds(3000))
        _ = try await fixture.index.write { try $0.holdRemoval("a") }
        #expect(try await explain(fixture, blob).heldUntil == nil, "the hold ends sooner")
        try await fixture.index.write { tx in try tx.db.execute(sql: "UPDATE doomed_keys SET not_before = 1") }
        explained = try await explain(fixture, blob)
        #expect(try #require(explained.heldUntil) > .now() + .seconds(500))
    }

    @Test("one that nothing brings back is doomed until its bytes are gone, and then unknown")
    func doomed() async throws {
        let fixture = try await Fixture()
        let (blob, file) = try await store(fixture)
        try await delete(fixture, file)
        _ = try await collect(fixture, .run)
        let explained = try await explain(fixture, blob)
        #expect(explained.state == .doomed && explained.run == nil && explained.size == nil)
        try await fixture.index.write { try $0.removeDoomed(key: blob.key) }
        #expect(try await explain(fixture, blob) == BlobExplanation(.unknown, of: blob.sha256))
    }

    @Test("a file that a run took says which one, while its content waits")
    func expiredFile() async throws {
        let fixture = try await Fixture()
        let (blob, file) = try await store(fixture)
        let run = try await collect(fixture, .schedule)
        let explained = try await explain(fixture, file: file.id)
        #expect(explained.file?.state == .collected && explained.file?.runID == run)
        #expect(try #require(explained.file?.undoUntil) > .now() + .seconds(3000))
        #expect(explained.state == .unreferenced && explained.sha256 == blob.sha256)
    }

    @Test("a file that went with its message is gone, and one that never was is unknown")
    func goneFile() async throws {
        let fixture = try await Fixture()
        let (_, file) = try await store(fixture, message: try await fixture.send())
        try await fixture.index.write { tx in
            try tx.note(.fileOpened, file.id)
            try tx.db.execute(sql: "DELETE FROM messages")
        }
        #expect(try await explain(fixture, file: file.id).file?.state == .gone)
        let unknown = try await explain(fixture, file: "x")
        #expect(
            unknown.state == .unknown && unknown.sha256 == nil && unknown.file == FileFate(id: "x", state: .unknown)
        )
    }

    @Test("every row is found by an index, but in two tables that stay small", .onlySQLite)
    func plans() async throws {
        let fixture = try await Fixture()
        let (kept, gone) = (try await store(fixture), try await store(fixture))
        try await delete(fixture, gone.file)
        let seen = Mutex<Set<String>>([])
        let explainAll: @Sendable () async throws -> Void = {
            try await fixture.index.read { reader in
                reader.db.trace { statement in seen.withLock { _ = $0.insert(statement) } }
                defer { reader.db.trace(nil) }
                for blob in [kept.blob, gone.blob] {
                    _ = try reader.explanation(ofContent: blob.sha256, at: .now(), grace: Self.day)
                }
                for id in [kept.file.id, gone.file.id] {
                    _ = try reader.explanation(ofFile: id, at: .now(), grace: Self.day)
                }
            }
        }
        try await explainAll()
        _ = try await collect(fixture, .schedule)
        try await explainAll()
        let statements = seen.withLock { $0 }.filter { $0.hasPrefix("SELECT") }
        #expect(statements.count >= 12)
        let plans = try await fixture.index.read { reader in
            try statements.flatMap { try reader.plan(of: $0) }
        }
        let scans = plans.filter { $0.hasPrefix("SCAN") }
        #expect(scans.allSatisfy { $0.contains("clock_looks") || $0.contains("removal_holds") }, "\(scans)")
    }
}
