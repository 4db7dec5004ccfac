import IndexSupport
import Testing

@testable import Index
@testable import Store

@Suite("The scheduled collector")
struct CollectionScheduleTests {
    private static let hour = Duration.seconds(3600)

    /// Looks every hour of the server's time, `shift` off the real clock, and returns what came of each look.
    @discardableResult
    private func look(
        _ test: TestStore,
        hours: ClosedRange<Int>,
        from start: Timestamp = .now(),
        shift: Duration = .zero
    ) async throws -> [ScheduledCollection] {
        let start = start + shift
        var news: [ScheduledCollection] = []
        for number in hours {
            let elapsed = number == 0 ? .zero : Self.hour
            news.append(try await test.store.collectOnSchedule(at: start + Self.hour * number, after: elapsed))
        }
        return news
    }

    private static let nothing = ScheduledCollection.collected(CollectionReport())

    /// A store with one content that no file has, since a second ago.
    private func withGarbage(_ body: (TestStore) async throws -> Void) async throws {
        try await withStore { test in
            try await test.delete(try await test.add([1]))
            try await test.store.index.write { tx in
                try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = since - 1000")
            }
            try await body(test)
        }
    }

    @Test("takes what was due at a look once the server has run for a day since")
    func day() async throws {
        try await withGarbage { test in
            let news = try await look(test, hours: 0...24)
            #expect(news[..<24].allSatisfy { $0 == Self.nothing })
            #expect(news[24] == .collected(CollectionReport(blobs: CollectedBlobs(count: 1, bytes: 1))))
            // The bytes stay as long as that can be undone.
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            let noted = try await test.store.index.read {
                try $0.audit(AuditFilter(), before: nil, limit: 1).first?.entry
            }
            #expect(noted?.action == .collected && noted?.origin == .server && noted?.count == 1)
        }
    }

    @Test("counts the time that servers ran, over restarts, and not the time in which none did")
    func restarts() async throws {
        try await withGarbage { test in
            try await look(test, hours: 0...20)
            // A night later.
            let news = try await look(test, hours: 0...4, shift: Self.hour * 36)
            #expect(news[..<4].allSatisfy { $0 == Self.nothing })
            #expect(news[4] != Self.nothing)
        }
    }

    @Test("takes nothing early when the clock is a year ahead, and says so")
    func ahead() async throws {
        try await withStore { test in
            let waiting = try await test.add([2])
            let start = Timestamp.now()
            try await look(test, hours: 0...30, from: start)
            let news = try await look(test, hours: 1...24, from: start, shift: Self.hour * 8_760)
            #expect(news[0] == .clockAhead(by: Self.hour * 8_730, CollectionReport()))
            #expect(news[1...].allSatisfy { $0 == Self.nothing })
            #expect(try await test.bytes(of: waiting) == [2])
            // Nobody set it right, and the server has run for a day.
            let last = try await look(test, hours: 25...25, from: start, shift: Self.hour * 8_760)
            #expect(last == [.collected(CollectionReport(expiredFiles: 1))])
        }
    }

    @Test("begins its wait anew when the clock goes back, and what waited by the wrong clock waits a day")
    func back() async throws {
        try await withGarbage { test in
            try await look(test, hours: 0...23, shift: Self.hour * 8_760)
            try await test.store.index.write { tx in
                try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = since + 31536000000")
            }
            let news = try await look(test, hours: 1...26)
            #expect(news[0] == .clockSetBack)
            #expect(news[1..<25].allSatisfy { $0 == Self.nothing })
            #expect(news[25] == .collected(CollectionReport(blobs: CollectedBlobs(count: 1, bytes: 1))))
        }
    }

    @Test("looks between two collections count the time that ran, and take nothing")
    func looks() async throws {
        try await withGarbage { test in
            let start = Timestamp.now()
            try await look(test, hours: 0...23, from: start)
            let look = try await test.store.collectOnSchedule(
                at: start + Self.hour * 24,
                after: Self.hour,
                takes: false
            )
            #expect(look == Self.nothing)
            #expect(try await test.census().blobs == 1)
            #expect(try await self.look(test, hours: 25...25, from: start) != [Self.nothing])
        }
    }

    @Test("a content counts once for the share that a plan takes, and only if it loses its last file")
    func shares() async throws {
        try await withStore { test in
            for _ in 0..<9 { _ = try await test.add([1]) }
            let shared = try await test.add([2, 3])
            _ = try await test.add([2, 3])
            let now = Timestamp.now()
            try await test.store.index.write { tx in
                try tx.db.execute(
                    sql: "UPDATE attachments SET expires_at = ? WHERE size = 1 OR id = ?",
                    arguments: [now.milliseconds - 1, shared.id.rawValue]
                )
            }
            let plan = try await test.store.index.read { try $0.collectionPlan(at: now, grace: .zero) }
            #expect(plan.files == StoredAmount(count: 10, bytes: 11))
            try await test.store.refuseLargeShare(plan, modest: 0)
            #expect(try await test.store.index.read { try $0.bytesOnlyInFiles(of: plan.id) } == 1)
        }
    }

    @Test("leaves a plan alone that takes most of the store, and an index that is not that of the files")
    func refusals() async throws {
        try await withGarbage { test in
            let plan = try await test.store.index.read { try $0.collectionPlan(at: .now(), grace: .zero) }
            try await test.store.refuseLargeShare(plan)
            await #expect(throws: StoreError.takesMost(bytes: 1, of: 1)) {
                try await test.store.refuseLargeShare(plan, modest: 0)
            }
            try await test.store.refuseEmptyIndex()
            try await test.store.index.write { tx in try tx.db.execute(sql: "DELETE FROM blobs") }
            await #expect(throws: StoreError.indexIsMissing) { try await test.store.refuseEmptyIndex() }
            #expect(try await look(test, hours: 0...24).last == .refused(.indexIsMissing))
        }
    }
}
