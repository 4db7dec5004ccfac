import Blobs
import BlobsSupport
import Index
import IndexSupport
import NIOCore
import Synchronization
import Testing

import struct Index.Attachment

@testable import Store

/// A store whose bytes are in a bucket: its publishes, which are leased, and whose the bucket is.
@Suite("A store in a bucket")
struct BucketTests {
    @Test("loses nothing when leases end at any moment, beside uploads of the same few contents")
    func endedLeases() async throws {
        try await onBucket { test in
            let counts = Counts()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for uploader in 0..<4 {
                    group.addTask {
                        for round in 0..<40 { try await upload(UInt8((uploader + round) % 5), test, counts) }
                    }
                }
                let collectors = (0..<2).map { _ in
                    Task {
                        while !Task.isCancelled {
                            try? await endLeases(test)
                            _ = try? await test.collect()
                        }
                    }
                }
                try await group.waitForAll()
                for collector in collectors {
                    collector.cancel()
                    await collector.value
                }
            }
            let (stored, refused, lost) = counts.all
            #expect(lost == 0 && stored > 0, "\(stored) stored, \(refused) given up")
            // What is left is listed, and goes.
            _ = try await test.collect()
            try await endLeases(test)
            try await test.store.removeDueKeys()
            #expect(try await test.census() == Census())
        }
    }

    @Test("an upload whose lease has ended publishes again, under another key")
    func oneEndedLease() async throws {
        try await onBucket { test in
            let file = try await test.store.receiving { intake in
                let file = try await test.receive([1, 2, 3], intake)
                let ended = Mutex(false)
                return try await intake.add([file], in: test.channel.id, by: test.principal) { tx, _, _, attach in
                    let first = ended.withLock { ended in
                        defer { ended = true }
                        return !ended
                    }
                    // As the collector would have, before this unit.
                    if first { try tx.db.execute(sql: "UPDATE doomed_keys SET state = 'abandoned'") }
                    return try attach(nil)[0]
                }
            }
            #expect(try await test.bytes(of: file) == [1, 2, 3])
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, doomed: 0, blobFiles: 1))
        }
    }

    @Test("a key that was given up is removed twice, because its bytes may come late")
    func lateBytes() async throws {
        try await onBucket { test in
            let key = try await test.publishOnly([1, 2, 3])
            try await endLeases(test)
            try await test.store.removeDueKeys()
            #expect(try await test.store.blobs.size(of: key) == nil)
            // The publish was given up, and its bytes arrive now.
            let late = try await test.publishOnly([1, 2, 3])
            #expect(late != key)
            try await test.store.index.write { tx in
                try tx.db.execute(sql: "DELETE FROM doomed_keys WHERE state = 'publishing'")
                try tx.db.execute(sql: "UPDATE doomed_keys SET key = ?", arguments: [late.description])
            }
            try await endLeases(test)
            try await test.store.removeDueKeys()
            #expect(try await test.store.blobs.size(of: late) == nil)
            #expect(try await test.store.index.read { try $0.nextDoomedKey(now: .now()) } == nil)
        }
    }

    @Test("what an upload has published is not taken while its lease lasts")
    func lease() async throws {
        try await onBucket { test in
            let key = try await test.publishOnly([1, 2, 3])
            try await test.store.removeDueKeys()
            #expect(try await test.store.blobs.size(of: key) == 3)
            let claimed = try await test.store.index.write { try $0.claimDoomed([key.description]) }
            #expect(claimed.isEmpty, "nor when it was read before it was renewed")
        }
    }

    @Test("a commit that may have happened leaves the bytes to their lease: a row may have them")
    func unknownOutcome() async throws {
        try await onBucket { test in
            await #expect(throws: IndexError.unknownOutcome) {
                try await test.store.receiving { intake in
                    let file = try await test.receive([1, 2, 3], intake)
                    return try await intake.add([file], in: test.channel.id, by: test.principal) { tx, _, _, attach in
                        tx.db.willCommit = {
                            tx.db.willCommit = nil
                            throw IndexError.unknownOutcome
                        }
                        return try attach(nil)[0]
                    }
                }
            }
            let keys = try await test.store.blobs.list(after: nil, limit: 9)
            #expect(keys.count == 1)
        }
    }

    @Test("a bucket that is another store's is refused")
    func foreignBucket() async throws {
        try await onBucket { test in
            #expect(try await test.store.tie().isEmpty)
            try await withStore { other in
                guard case .bucket(let bucket) = other.store.blobs else { return }
                try await bucket.bucket.own(as: test.store.index.storeID)
                await #expect(throws: StoreError.bucketOfAnother(test.store.index.storeID)) {
                    try await other.store.tie()
                }
            }
        }
    }

    private func onBucket(_ body: (TestStore) async throws -> Void) async throws {
        try await Engine.$current.withValue(.bucket) { try await withStore(body) }
    }

    private func upload(_ byte: UInt8, _ test: TestStore, _ counts: Counts) async throws {
        let file: Attachment
        do {
            file = try await test.add([UInt8](repeating: byte, count: 50))
        } catch IndexError.missingReference {
            return counts.add(.refused)
        }
        let (digest, blobs) = (file.sha256, test.store.blobs)
        let blob = try await test.store.index.read { try $0.blob(sha256: digest) }
        let size = try await blobs.size(of: try #require(blob.flatMap { BlobKey($0.key) }))
        counts.add(size == 50 ? .stored : .lost)
        try await test.delete(file)
    }

    private func endLeases(_ test: TestStore) async throws {
        try await test.store.index.write { try $0.db.execute(sql: "UPDATE doomed_keys SET not_before = 0") }
    }
}

private final class Counts: Sendable {
    enum Outcome { case stored, refused, lost }
    private let counts = Mutex<[Outcome: Int]>([:])

    func add(_ outcome: Outcome) { counts.withLock { $0[outcome, default: 0] += 1 } }

    var all: (stored: Int, refused: Int, lost: Int) {
        counts.withLock { ($0[.stored] ?? 0, $0[.refused] ?? 0, $0[.lost] ?? 0) }
    }
}

extension TestStore {
    /// Publishes bytes as an upload does that dies before its commit.
    fileprivate func publishOnly(_ bytes: [UInt8]) async throws -> BlobKey {
        try await store.receiving { intake in
            let file = try await receive(bytes, intake)
            return try await store.blobs.publish(file.bytes, under: store.lease)
        }
    }
}
