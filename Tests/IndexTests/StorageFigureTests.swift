import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Storage figures")
struct StorageFigureTests {
    private static let day = Duration.seconds(24 * 60 * 60)

    /// Stores a file of five bytes at that time, with contents of its own.
    private static func store(_ fixture: Fixture, at time: Timestamp, type: String = "text/plain") async throws
        -> Attachment
    {
        let blob = Blob.sample()
        var file = Attachment.sample(in: fixture.agent, blob: blob)
        (file.createdAt, file.mimeType) = (time, type)
        try await fixture.index.write { [file] tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(file)
        }
        return file
    }

    private static func figures(_ fixture: Fixture, _ now: Timestamp = .sample) async throws -> StorageFigures {
        try await fixture.index.read { reader in
            #expect(try reader.wrongCounts() == [])
            return try reader.storageFigures(now: now)
        }
    }

    @Test("Blobs are counted as they come, lose their last file, get one again and are collected")
    func blobs() async throws {
        let fixture = try await Fixture()
        let file = try await Self.store(fixture, at: .sample)
        _ = try await Self.store(fixture, at: .sample)
        let (one, two) = (StoredAmount(count: 1, bytes: 5), StoredAmount(count: 2, bytes: 10))
        #expect(try await Self.figures(fixture).blobs == two)
        let user = fixture.user.id
        _ = try await fixture.index.write { tx in try tx.deleteAttachment(file.id, ownedBy: ActingUser(id: user)) }
        #expect(try await Self.figures(fixture).reclaimable == one)
        try await fixture.index.write { tx in try tx.insert(file) }
        #expect(try await Self.figures(fixture).reclaimable == StoredAmount())
        try await fixture.index.write { tx in
            try tx.deleteAttachment(file.id, ownedBy: ActingUser(id: user))
            let plan = CollectionPlan.ID(moment: .now() + .seconds(60), grace: .zero)
            let digests = try tx.collectableBlobs(of: plan, after: "", limit: 9)
            _ = try tx.collectBlobs(digests[...], of: plan, in: RunningCollection(.schedule, of: plan))
        }
        let figures = try await Self.figures(fixture)
        #expect(figures.blobs == one && figures.files == one && figures.reclaimable == StoredAmount())
        #expect(figures.undoable == one)
    }

    @Test("Files count for the age of their day, and no more once they are gone")
    func ages() async throws {
        let fixture = try await Fixture()
        var files: [Attachment] = []
        for days in [0, 1, 2, 8, 365, 366] {
            files.append(try await Self.store(fixture, at: .sample + .seconds(-days * 24 * 60 * 60)))
        }
        #expect(try await Self.figures(fixture).ages.map(\.files.count) == [2, 1, 1, 0, 1, 1])
        for file in files {
            _ = try await fixture.index.write { tx in
                try tx.deleteAttachment(file.id, ownedBy: ActingUser(id: fixture.user.id))
            }
        }
        let figures = try await Self.figures(fixture)
        #expect(figures.ages.allSatisfy { $0.files == StoredAmount() } && figures.types == [])
        #expect(try await fixture.index.read { try $0.one("SELECT count(*) FROM file_counts") } == 0)
    }

    @Test("The largest types and channels are named, at most twenty")
    func largest() async throws {
        let fixture = try await Fixture()
        for number in 0..<25 { _ = try await Self.store(fixture, at: .sample, type: "text/x-\(number)") }
        let figures = try await Self.figures(fixture)
        #expect(figures.types.count == 20 && figures.families.map(\.name) == ["text"])
        #expect(figures.families[0].files == StoredAmount(count: 25, bytes: 125))
        #expect(figures.channels.map(\.id) == [fixture.agent.id])
    }

    /// A store with one file and samples of other days, counted back from today, when today's has been taken twice.
    private static func samples(daysAgo days: some Sequence<Int> & Sendable) async throws -> [StorageSample] {
        let fixture = try await Fixture()
        _ = try await store(fixture, at: .sample)
        try await fixture.index.write { tx in
            for days in days {
                let day = (tx.now + .seconds(-days * 24 * 60 * 60)).day
                try tx.db.execute(sql: "INSERT INTO storage_samples VALUES (?, 0, 0, 0, 0)", arguments: [day])
            }
            #expect(try !tx.hasSample(of: tx.now))
            for _ in 0..<2 { try tx.takeSample() }
        }
        return try await fixture.index.read { try $0.storageSamples() }
    }

    @Test("There is one sample a day, the last 400, and none of a day to come that a wrong clock has left")
    func samples() async throws {
        let samples = try await Self.samples(daysAgo: (1...400).map { $0 * 2 } + [-1])
        #expect(samples.count == 400 && samples.dropLast().allSatisfy { $0.files == StoredAmount() })
        #expect(samples.last?.files.count == 1 && samples.last?.blobs == StoredAmount(count: 1, bytes: 5))
    }

    @Test("A clock that is years off takes no sample away", arguments: [-3000, 3000])
    func wrongClock(daysAgo: Int) async throws {
        #expect(try await Self.samples(daysAgo: (1...100).map { $0 + daysAgo }).count == 101)
    }

    @Test(
        "A check finds a count of blobs or types that is wrong",
        arguments: ["store SET blob_count", "store SET unused_bytes", "file_counts SET file_count"]
    )
    func wrong(change: String) async throws {
        let fixture = try await Fixture()
        _ = try await Self.store(fixture, at: .sample)
        let column = change.split(separator: " ").last ?? ""
        try await fixture.index.write { tx in try tx.db.execute(sql: "UPDATE \(change) = \(column) + 1") }
        #expect(try await !fixture.index.read { try $0.wrongCounts() }.isEmpty)
    }
}
