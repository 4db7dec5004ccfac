import BlobsSupport
import Foundation
import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index
@testable import Store

@Suite("The undo of a collection", .onEachEngine)
struct UndoTests {
    @Test("brings back contents, and then the expired files that had them, with a new expiry")
    func bothWays() async throws {
        try await withStore { test in
            let file = try await test.add(Array("old".utf8))
            let files = try await test.collectExpired(file)
            let blobs = try await test.collectOnSchedule()
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            var back = try await test.store.undo(blobs, for: .seconds(60))
            #expect(back.rest == 0 && back.done.blobs == StoredAmount(count: 1, bytes: 3))
            back = try await test.store.undo(files, for: .seconds(60))
            #expect(back.rest == 0 && back.done.files == 1 && back.done.lost == 0)
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
            #expect(try await test.bytes(of: file) == Array("old".utf8))
            let again = try await test.store.index.read(by: test.principal) { try $0.file(file.id, ownedBy: $1) }
            #expect(try #require(again?.attachment.expiresAt) > .now() + .seconds(60))
            #expect(try await test.store.index.read { try $0.wrongCounts() }.isEmpty)
        }
    }

    @Test("gives contents a grace of their own: the next collection leaves them")
    func grace() async throws {
        try await withStore { test in
            let run = try await test.collectDeleted([1])
            _ = try await test.store.undo(run, for: .seconds(60))
            #expect(try await test.collect(grace: .seconds(3600)) == CollectionReport())
            #expect(try await test.collect().blobs.count == 1)
            #expect(try await test.census() == Census())
        }
    }

    @Test("leaves alone what was uploaded again meanwhile, and the old bytes go")
    func storedAgain() async throws {
        try await withStore { test in
            let run = try await test.collectDeleted([1])
            let again = try await test.add([1])
            let back = try await test.store.undo(run, for: .seconds(60))
            #expect(back.done.storedAgain == 1 && back.done.blobs.count == 0 && back.rest == 0)
            try await test.endWindow()
            try await test.store.removeDueKeys()
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
            #expect(try await test.bytes(of: again) == [1])
        }
    }

    @Test("a file whose bytes or channel are gone is told as lost")
    func lostFile() async throws {
        try await withStore { test in
            let run = try await test.collectExpired(try await test.add([1]))
            _ = try await test.collect()
            let back = try await test.store.undo(run, for: .seconds(60))
            #expect(back.done.files == 0 && back.done.lost == 1)
            #expect(try await test.census() == Census())
        }
    }

    @Test("contents without bytes are told as lost, as after a restore, and get no row")
    func lostBytes() async throws {
        try await withStore { test in
            let run = try await test.collectDeleted([1])
            try await test.removeAllBytes()
            let back = try await test.store.undo(run, for: .seconds(60))
            #expect(back.done.lost == 1 && back.rest == 0)
            #expect(try await test.census() == Census(doomed: 1))
        }
    }

    @Test("happens once")
    func twice() async throws {
        try await withStore { test in
            let run = try await test.collectDeleted([1])
            _ = try await test.store.undo(run, for: .seconds(60))
            await test.expectNothingToUndo(run)
            await #expect(throws: StoreError.noSuchRun) { try await test.store.undo(.make(), for: .seconds(60)) }
        }
    }

    @Test("is none for who asks for no grace: the bytes go at once")
    func noGrace() async throws {
        try await withStore { test in
            try await test.delete(try await test.add([1]))
            _ = try await test.collect()
            #expect(try await test.census() == Census())
            let runs = try await test.store.index.read { try $0.collectionRuns(before: nil, limit: 1) }
            await test.expectNothingToUndo(try #require(runs.first).id)
        }
    }

    @Test("is over with its window: then bytes and rows go by themselves")
    func window() async throws {
        try await withStore { test in
            _ = try await test.collectExpired(try await test.add([1]))
            let run = try await test.collectOnSchedule()
            #expect(try #require(try await test.store.removeDue()) > .now() + .seconds(3000))
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            try await test.endWindow()
            #expect(try await test.store.removeDue() == nil)
            #expect(try await test.census() == Census())
            await test.expectNothingToUndo(run)
        }
    }

    @Test("goes on after a restart in the middle")
    func restart() async throws {
        // A batch of objects takes minutes.
        guard Engine.current == .disk else { return }
        try await withStore { test in
            for number in 0...Sweep.batch { try await test.delete(try await test.add(Array("\(number)".utf8))) }
            let run = try await test.collectOnSchedule()
            let first = try await test.store.undo(run, for: .zero)
            #expect(first.done.blobs.count == Sweep.batch && first.rest == 1)
            test.store.close()
            let rest = try await test.withReopened { next in
                _ = try await next.recover()
                return try await next.undo(run, for: .zero)
            }
            #expect(rest.done.blobs.count == 1 && rest.rest == 0)
        }
    }

    @Test("bytes that are being removed get no row back, at whatever moment the window ends")
    func besideRemoval() async throws {
        try await withStore { test in
            for round in 0..<20 {
                for number in 0..<8 { try await test.delete(try await test.add([UInt8(round), UInt8(number)])) }
                let run = try await test.collectOnSchedule()
                try await test.endWindow()
                async let removed: Void = test.store.removeDueKeys()
                // All were removed before, or some, or none.
                _ = try? await test.store.undo(run, for: .seconds(60))
                try await removed
                let census = try await test.census()
                #expect(census.blobFiles == census.blobs && census.doomed == 0)
            }
        }
    }

    @Test("bytes that the removal has claimed are lost, although they are still there")
    func claimed() async throws {
        try await withStore { test in
            let run = try await test.collectDeleted([1])
            let index = test.store.index
            let blobs = try await index.read { try $0.blobsToBringBack(of: run, limit: 9) }
            let claimed = try await index.write { try $0.claimDoomed(blobs.map(\.key)) }
            #expect(claimed.map(\.key) == blobs.map(\.key))
            let undone = try await index.write { try $0.bringBack(blobs, of: run) }
            #expect(undone.lost == 1 && undone.blobs.count == 0)
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
        }
    }

    @Test("what an undo has brought back is not claimed by a removal that found it before")
    func broughtBack() async throws {
        try await withStore { test in
            let run = try await test.collectDeleted([1])
            let index = test.store.index
            let keys = try await index.read { try $0.dueDoomedKeys(now: Timestamp(milliseconds: .max), limit: 9) }
            _ = try await test.store.undo(run, for: .seconds(60))
            #expect(try await index.write { try $0.claimDoomed(keys.map(\.key)) }.isEmpty)
        }
    }

    @Test("a run is the sum of its steps, and none goes on once it is undone")
    func steps() async throws {
        try await withStore { test in
            for number in 0...Sweep.batch { try await test.delete(try await test.add(Array("\(number)".utf8))) }
            try await test.store.index.write { tx in try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = 1") }
            let plan = try await test.store.index.read { try $0.collectionPlan(at: .now(), grace: .seconds(60)) }
            let first = try await test.store.apply(plan.id, for: .zero)
            let run = try #require(first.run)
            let second = try await test.store.apply(first.rest.id, goingOn: run.id, for: .zero)
            #expect(second.run?.id == run.id && second.run?.blobs.count == Sweep.batch + 1)
            _ = try await test.store.undo(run.id, for: .seconds(60))
            let rest = second.rest.id
            await #expect(throws: StoreError.runIsOver) {
                try await test.store.apply(rest, goingOn: run.id, for: .zero)
            }
        }
    }

    @Test("only the last thousand runs are kept, and those that can still be undone")
    func bounded() async throws {
        try await withStore { test in
            let run = try await test.collectDeleted([1])
            try await test.store.index.write { tx in
                let plan = CollectionPlan.ID(moment: tx.now, grace: .zero)
                for _ in 0...CollectionRun.kept { try tx.noteRun(RunningCollection(.run, of: plan)) }
                try tx.removeEndedUndo(limit: 5)
                #expect(try Int.fetchOne(tx.db, sql: "SELECT count(*) FROM collections") == CollectionRun.kept + 1)
                #expect(try tx.collectionRun(run) != nil)
            }
        }
    }
}

extension Transaction {
    fileprivate func noteRun(_ run: RunningCollection) throws {
        let insert = "INSERT INTO collections (id, started_by, began_at, ended_at) VALUES (?, 'run', 1, 1)"
        try db.execute(sql: insert, arguments: [run.id.rawValue])
    }
}

extension TestStore {
    /// Collects as the server does by itself, also what was deleted in this second.
    fileprivate func collectOnSchedule() async throws -> CollectionRun.ID {
        let plan = CollectionPlan.ID(moment: .now() + .seconds(2), grace: .zero)
        let step = try await store.collect(plan, for: .seconds(60), in: RunningCollection(.schedule, of: plan))
        return try #require(step.run).id
    }

    /// The run that took a content which was deleted.
    fileprivate func collectDeleted(_ bytes: [UInt8]) async throws -> CollectionRun.ID {
        try await delete(try await add(bytes))
        return try await collectOnSchedule()
    }

    /// The run that took a file whose time was over. Its bytes are still there.
    fileprivate func collectExpired(_ file: Attachment) async throws -> CollectionRun.ID {
        try await store.index.write { tx in
            let expire = "UPDATE attachments SET expires_at = 1 WHERE id = ?"
            try tx.db.execute(sql: expire, arguments: [file.id.rawValue])
        }
        return try await collectOnSchedule()
    }

    /// Sets the end of all windows to a time long ago.
    fileprivate func endWindow() async throws {
        try await store.index.write { tx in
            try tx.db.execute(sql: "UPDATE doomed_keys SET not_before = 1; UPDATE collected_files SET until = 1")
        }
    }

    fileprivate func expectNothingToUndo(_ run: CollectionRun.ID) async {
        let error = await #expect(throws: StoreError.self) { try await store.undo(run, for: .seconds(60)) }
        guard case .cannotUndo(let known) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(known.id == run)
    }
}
