import BlobsSupport
import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index
@testable import Store

@Suite("The collector")
struct CollectionTests {
    @Test("takes bytes once the last file that had them is gone, and not before")
    func lastFile() async throws {
        try await withStore { test in
            let bytes = Array("shared".utf8)
            let (first, second) = (try await test.add(bytes), try await test.add(bytes))
            try await test.delete(first)
            #expect(try await test.collect() == CollectionReport())
            #expect(try await test.bytes(of: second) == bytes)
            try await test.delete(second)
            let report = try await test.collect()
            #expect(report == CollectionReport(blobs: CollectedBlobs(count: 1, bytes: bytes.count)))
            #expect(try await test.census() == Census())
        }
    }

    @Test("leaves bytes for the grace, and those that a file has again")
    func grace() async throws {
        try await withStore { test in
            let bytes = Array("again".utf8)
            try await test.delete(try await test.add(bytes))
            #expect(try await test.collect(grace: .seconds(3600)) == CollectionReport())
            let again = try await test.add(bytes)
            #expect(try await test.collect() == CollectionReport())
            #expect(try await test.bytes(of: again) == bytes)
        }
    }

    @Test("takes unattached files whose time is over, with their bytes")
    func expired() async throws {
        try await withStore { test in
            let old = try await test.add(Array("old".utf8))
            _ = try await test.add(Array("new".utf8))
            try await test.store.index.write { tx in
                let expire = "UPDATE attachments SET expires_at = 1 WHERE id = ?"
                try tx.db.execute(sql: expire, arguments: [old.id.rawValue])
            }
            #expect(try await test.collect() == CollectionReport(expiredFiles: 1))
            let bytes = CollectionReport(blobs: CollectedBlobs(count: 1, bytes: 3))
            #expect(try await test.collect() == bytes)
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("a plan larger than a step leaves a plan of the rest, and that one ends it")
    func steps() async throws {
        try await withStore { test in
            for number in 0...Sweep.batch { try await test.delete(try await test.add(Array("\(number)".utf8))) }
            try await test.store.index.write { tx in try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = 1") }
            let plan = try await test.store.index.read { try $0.collectionPlan(at: .now(), grace: .seconds(60)) }
            #expect(plan.blobs.count == Sweep.batch + 1)
            let first = try await test.store.apply(plan.id, for: .zero)
            #expect(first.done.blobs.count == Sweep.batch)
            #expect(first.rest.blobs.count == 1)
            await #expect(throws: StoreError.planHasChanged) { try await test.store.apply(plan.id, for: .zero) }
            let second = try await test.store.apply(first.rest.id, for: .zero)
            #expect(second.done.blobs.count == 1)
            #expect(second.rest.blobs.count == 0)
            #expect(try await test.census().blobs == 0)
        }
    }

    @Test("goes on where a crash between rows and bytes left it", .onEachEngine)
    func crash() async throws {
        try await withStore { test in
            try await test.delete(try await test.add([1]))
            let plan = CollectionPlan.ID(moment: .now() + .seconds(2), grace: .zero)
            let digests = try await test.store.index.read { try $0.collectableBlobs(of: plan, after: "", limit: 10) }
            let run = RunningCollection(.run, of: plan)
            let taken = try await test.store.index.write { try $0.collectBlobs(digests[...], of: plan, in: run) }
            #expect(taken.count == 1)
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            _ = try await test.collect()
            #expect(try await test.census() == Census())
        }
    }

    @Test("takes nothing from writers who store, read and delete the same few contents without pause", .onEachEngine)
    func besideWriters() async throws {
        try await withStore { test in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for round in 0..<60 {
                            let bytes = [UInt8](repeating: UInt8((writer + round) % 3), count: 100)
                            let file = try await test.add(bytes)
                            #expect(try await test.bytes(of: file) == bytes)
                            try await test.delete(file)
                        }
                    }
                }
                let collector = Task {
                    var blobs = 0
                    while !Task.isCancelled {
                        // The last one may be cut short.
                        blobs += (try? await test.collect())?.blobs.count ?? 0
                    }
                    return blobs
                }
                try await group.waitForAll()
                collector.cancel()
                // Otherwise the writers and the collector never met.
                #expect(await collector.value > 0)
            }
            _ = try await test.collect()
            #expect(try await test.census() == Census())
            #expect(test.store.damage.count == 0)
        }
    }
}

extension TestStore {
    /// Takes what is due, also what was deleted in this second.
    func collect(grace: Duration = .zero) async throws -> CollectionReport {
        let plan = CollectionPlan.ID(moment: .now() + .seconds(2), grace: grace)
        return try await store.collect(plan, for: .seconds(60), in: RunningCollection(.run, of: plan)).done
    }

    func delete(_ file: Attachment) async throws {
        try await store.index.write(by: principal) { tx, user in
            _ = try tx.deleteAttachment(file.id, ownedBy: user)
        }
    }
}
