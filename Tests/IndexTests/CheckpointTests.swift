import IndexSupport
import Testing

@testable import Index

@Suite("Writing the log back", .onlySQLite)
struct CheckpointTests {
    @Test(
        "after small commits by the writer, after large ones by another connection, and by the writer where it is long",
        arguments: [
            (999, 999, Checkpoints.By.nobody), (1000, 3, .writer), (1000, 499, .writer), (1000, 500, .other),
            (3999, 2000, .other), (4000, 2000, .writer),
        ]
    )
    func who(pages: Int, new: Int, by: Checkpoints.By) {
        #expect(Checkpoints.by(pages: pages, new: new) == by)
    }

    @Test("under large commits without a pause the log stays short, and nothing is missing")
    func log() async throws {
        let fixture = try await Fixture()
        var longest: Int64 = 0
        for _ in 1...30 {
            var message = Message.sample(in: fixture.agent)
            message.text = String(repeating: "x", count: 4_000_000)
            try await fixture.index.write { [message] tx in try tx.insert(message) }
            longest = max(longest, Int64(try fixture.fileSize("-wal")))
        }
        #expect(longest < 64 << 20)
        #expect(try await fixture.index.read { try $0.messageCount() } == 30)
        fixture.index.close()
        let again = try StoreIndex(path: fixture.path, storeID: Fixture.storeID)
        #expect(!again.hasLostCommits)
        #expect(try await again.read { try $0.messageCount() } == 30)
        again.close()
    }
}
