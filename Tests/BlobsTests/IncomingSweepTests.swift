import Blobs
import Foundation
import NIOCore
import Testing

/// The states a crash can leave, made by hand as the table in IncomingFile.swift draws them.
@Suite struct IncomingSweepTests {
    /// A token that is no live session.
    static let dead = String(repeating: "d", count: 32)

    private struct RowsUnknown: Error {}

    /// What a dead process had made for `bytes`: its entry in `incoming/`, and perhaps the published link.
    private func crash(_ test: TestStore, named key: BlobKey?, linked: Bool = false) throws {
        let token = "0123456789abcdef0123456789abcdef"
        let name = key.map { "\(Self.dead).\($0.digest.hex).\($0.generation)" } ?? "\(Self.dead).\(token)"
        let path = "\(test.root)/incoming/\(name)"
        try Data(pattern(10)).write(to: URL(fileURLWithPath: path))
        if linked, let key { try FileManager.default.linkItem(atPath: path, toPath: test.path(of: key)) }
    }

    private func key() throws -> BlobKey {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        return try #require(BlobKey("sha256/ba/\(digest.dropFirst(2)).0123456789abcdef0123456789abcdef"))
    }

    @Test("invariant 7: a spool of a dead process is removed, without a question to the index")
    func spoolOnly() async throws {
        try await withStore { test in
            try crash(test, named: nil)
            let report = try await test.store.sweepIncoming { _ in throw RowsUnknown() }
            #expect(report == SweepReport(leftovers: 1))
            #expect(test.names(in: "incoming").isEmpty)
        }
    }

    @Test("invariant 7: a renamed spool whose link never came is removed")
    func renamed() async throws {
        try await withStore { test in
            try crash(test, named: try key())
            #expect(try await test.store.sweepIncoming { _ in [] } == SweepReport(leftovers: 1))
            #expect(test.names(in: "incoming").isEmpty)
        }
    }

    @Test("invariants 2 and 7: published bytes whose row was never committed are removed")
    func linkedWithoutRow() async throws {
        try await withStore { test in
            let key = try key()
            try crash(test, named: key, linked: true)
            let report = try await test.store.sweepIncoming { keys in
                #expect(keys == [key])
                return []
            }
            #expect(report == SweepReport(leftovers: 1, removedBlobs: 1))
            #expect(test.names(in: "incoming").isEmpty)
            #expect(!test.exists(key))
        }
    }

    @Test("invariant 1: published bytes whose row was committed are kept")
    func linkedWithRow() async throws {
        try await withStore { test in
            let key = try key()
            try crash(test, named: key, linked: true)
            let report = try await test.store.sweepIncoming { Set($0) }
            #expect(report == SweepReport(leftovers: 1, keptBlobs: 1))
            #expect(test.names(in: "incoming").isEmpty)
            #expect(try await test.bytes(key) == pattern(10))
        }
    }

    @Test("invariant 1: when the index cannot answer, nothing that might be referenced is touched")
    func indexFails() async throws {
        try await withStore { test in
            let key = try key()
            try crash(test, named: key, linked: true)
            await #expect(throws: RowsUnknown.self) {
                try await test.store.sweepIncoming { _ in throw RowsUnknown() }
            }
            #expect(test.exists(key))
            #expect(try await test.store.sweepIncoming { _ in [] }.removedBlobs == 1)
        }
    }

    @Test("a file that vanishes during the sweep, and names of unknown shape, do no harm")
    func vanished() async throws {
        try await withStore { test in
            let key = try key()
            try crash(test, named: key, linked: true)
            try "mine".write(toFile: test.root + "/incoming/notes.txt", atomically: false, encoding: .utf8)
            let report = try await test.store.sweepIncoming { keys in
                for name in test.names(in: "incoming") where name != "notes.txt" {
                    try FileManager.default.removeItem(atPath: "\(test.root)/incoming/\(name)")
                }
                try FileManager.default.removeItem(atPath: test.path(of: key))
                return []
            }
            #expect(report == SweepReport(leftovers: 1))
            #expect(test.names(in: "incoming") == ["notes.txt"])
        }
    }

    @Test("invariant 7: spools of this process are not swept, those of the last one are")
    func liveSpools() async throws {
        try await withStore { test in
            let unpublished = try await test.spool(pattern(300_000))
            let published = try await test.spool(pattern(10))
            let key = try await test.store.publish(published)
            #expect(try await test.store.sweepIncoming { _ in [] } == SweepReport())
            #expect(test.names(in: "incoming").count == 2)
            #expect(try await test.store.publish(unpublished).digest == unpublished.digest)
            #expect(test.exists(key))
            await test.store.discard(unpublished)
            await test.store.discard(published)
        }
    }

    @Test("invariants 2 and 7: a publish never committed or discarded is found at the next start, each key of it")
    func publishedAndDropped() async throws {
        try await withStore { test in
            let keys = try await publishTwiceAndDrop(test)
            #expect(test.names(in: "incoming").count == 2)
            let next = try await test.reopened()
            let report = try await next.store.sweepIncoming { _ in [keys[1]] }
            #expect(report == SweepReport(leftovers: 2, removedBlobs: 1, keptBlobs: 1))
            #expect(!next.exists(keys[0]) && next.exists(keys[1]))
            #expect(next.names(in: "incoming").isEmpty)
            next.store.close()
        }
    }

    private func publishTwiceAndDrop(_ test: TestStore) async throws -> [BlobKey] {
        let blob = try await test.spool(pattern(300_000))
        return [try await test.store.publish(blob), try await test.store.publish(blob)]
    }

    @Test("more leftovers than one batch are asked about 500 at a time")
    func batches() async throws {
        try await withStore { test in
            for number in 0..<1001 {
                let generation = String(format: "%032x", number)
                let name = "\(Self.dead).\(try key().digest.hex).\(generation)"
                try Data().write(to: URL(fileURLWithPath: "\(test.root)/incoming/\(name)"))
            }
            let report = try await test.store.sweepIncoming { keys in
                #expect(keys.count <= 500)
                return []
            }
            #expect(report.leftovers == 1001)
            #expect(test.names(in: "incoming").isEmpty)
        }
    }
}
