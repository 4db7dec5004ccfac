import Blobs
import Foundation
import Glibc
import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index
@testable import Store

@Suite("The check of the store")
struct CheckTests {
    @Test("finds nothing wrong with a whole store, and reads all of it, from any key on")
    func whole() async throws {
        try await withStore { test in
            for byte in 1...20 as ClosedRange<UInt8> { _ = try await test.add([UInt8](repeating: byte, count: 1000)) }
            #expect(try await test.check() == CheckReport(count: 20, bytes: 20_000))
            // Pieces of no time have one content each.
            var (pieces, next) = (0, BlobKey?.none)
            repeat {
                let piece = try await test.store.check(after: next, for: .zero, repairs: false)
                #expect((piece.count, piece.bytes) == (1, 1000))
                (pieces, next) = (pieces + 1, piece.next)
            } while next != nil && pieces < 100
            #expect(pieces == 20)
            #expect(try await test.store.checkIndex() == CheckReport())
        }
    }

    @Test("a flipped bit is found; repaired, the bytes are not sent any more until an upload of the right ones")
    func flippedBit() async throws {
        try await withStore { test in
            let bytes = Array("precious".utf8)
            let attachment = try await test.add(bytes)
            let key = try await test.key(of: attachment)
            try test.overwrite(key, with: Data("preciouS".utf8))
            #expect(try await test.check().faults == [Fault(kind: .wrongBytes, subject: key)])
            let repaired = try await test.check(repairs: true).faults
            #expect(repaired == [Fault(kind: .wrongBytes, subject: key, repair: .quarantined)])
            await #expect(throws: BlobError.self) { _ = try await test.bytes(of: attachment) }
            #expect(test.store.damage.count == 1)
            let kept = try #require(test.files(below: "quarantine").first)
            #expect(FileManager.default.contents(atPath: kept) == Data("preciouS".utf8))
            _ = try await test.add(bytes)
            #expect(try await test.bytes(of: attachment) == bytes)
            #expect(try await test.check().faults == [])
            #expect(test.store.damage.count == 0)
        }
    }

    @Test("bytes that a check found wrong are not served from then on, and the next upload mends them")
    func notServed() async throws {
        try await withStore { test in
            let bytes = Array("precious".utf8)
            let attachment = try await test.add(bytes)
            let key = try await test.key(of: attachment)
            try test.overwrite(key, with: Data("preciouS".utf8))
            _ = try await test.check()
            await #expect(throws: StoreError.self) { _ = try await test.bytes(of: attachment) }
            #expect(test.store.damage.count == 1)
            _ = try await test.add(bytes)
            #expect(try await test.bytes(of: attachment) == bytes)
            #expect(try await test.check().faults == [])
            #expect(test.store.damage.count == 0)
            #expect(try await test.store.index.read { try $0.damagedKeys() } == [])
        }
    }

    @Test("what was found wrong is known after a restart, until a check finds it right")
    func knownAfterRestart() async throws {
        try await withStore { test in
            let bytes = Array("precious".utf8)
            let attachment = try await test.add(bytes)
            let key = try await test.key(of: attachment)
            try test.overwrite(key, with: Data("preciouS".utf8))
            _ = try await test.check()
            test.store.close()
            try await test.withReopened { next in
                _ = try await next.recover()
                let parsed = try #require(BlobKey(key))
                await #expect(throws: StoreError.self) { _ = try await next.open(parsed, size: Int64(bytes.count)) }
                #expect(next.damage.count == 1)
                // A hand brings the file back.
                try test.overwrite(key, with: Data(bytes))
                #expect(try await next.check(after: nil, for: .seconds(600), repairs: false).faults == [])
                _ = try await next.open(parsed, size: Int64(bytes.count))
                #expect(next.damage.count == 0)
            }
        }
    }

    @Test("a short and a missing file are found, and the next upload mends both", arguments: [3, nil])
    func lost(rest: Int?) async throws {
        try await withStore { test in
            let bytes = Array("precious".utf8)
            let attachment = try await test.add(bytes)
            let key = try await test.key(of: attachment)
            try test.overwrite(key, with: rest.map { Data(bytes.prefix($0)) })
            let kind = rest == nil ? Fault.Kind.missing : .wrongLength
            #expect(try await test.check().faults == [Fault(kind: kind, subject: key)])
            let repair = rest == nil ? nil : Fault.Repair.quarantined
            let repaired = try await test.check(repairs: true).faults
            #expect(repaired == [Fault(kind: kind, subject: key, repair: repair)])
            _ = try await test.add(bytes)
            #expect(try await test.bytes(of: attachment) == bytes)
            #expect(try await test.check().faults == [])
        }
    }

    @Test("a file that cannot be read is found, and stays where it is")
    func unreadable() async throws {
        try await withStore { test in
            let key = try await test.key(of: try await test.add([]))
            // Reading a folder fails with EISDIR. Its length is made that of the row.
            try test.overwrite(key, with: nil)
            let path = test.path(of: key)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            try await test.store.index.write { tx in
                try tx.db.execute(sql: "UPDATE blobs SET size = ?", arguments: [size])
            }
            let faults = try await test.check(repairs: true).faults
            #expect(faults == [Fault(kind: .unreadable, subject: key)])
            #expect(test.files(below: "quarantine") == [])
        }
    }

    @Test("what cannot be read for a reason that may pass is no damage: the check fails, and takes nothing")
    func passingError() async throws {
        try await withStore { test in
            let key = try await test.key(of: try await test.add([]))
            try test.overwrite(key, with: nil)
            // Nobody opens a socket as a file. What others may not open, root may.
            #expect(mknod(test.path(of: key), S_IFSOCK | 0o600, 0) == 0)
            await #expect(throws: BlobError.io(operation: "open", errno: ENXIO)) {
                _ = try await test.check(repairs: true)
            }
            #expect(test.files(below: "quarantine") == [])
            #expect(test.store.damage.count == 0)
        }
    }

    @Test("a file that is back is whole, and health says so")
    func cameBack() async throws {
        try await withStore { test in
            let key = try await test.key(of: try await test.add([1, 2, 3]))
            try test.overwrite(key, with: nil)
            #expect(try await test.check().faults == [Fault(kind: .missing, subject: key)])
            #expect(await test.store.writability() == (.ok, .damaged))
            try test.overwrite(key, with: Data([1, 2, 3]))
            #expect(try await test.check().faults == [])
            #expect(await test.store.writability() == (.ok, .ok))
        }
    }

    @Test("a file without a row is an orphan, and quarantined, but not what is doomed or under way")
    func orphan() async throws {
        try await withStore { test in
            let attachment = try await test.add([1])
            let key = try await test.key(of: attachment)
            let (orphan, doomed, arriving) = (key.generation("a"), key.generation("b"), key.generation("c"))
            for key in [orphan, doomed, arriving] { try test.overwrite(key, with: Data([1])) }
            try await test.store.index.write { tx in try tx.doom(key: doomed, notBefore: .init(milliseconds: .max)) }
            let digest = arriving.dropFirst("sha256/".count).replacing("/", with: "")
            let spool = "\(test.root)/incoming/\(String(repeating: "0", count: 32)).\(digest)"
            try Data().write(to: URL(fileURLWithPath: spool))
            #expect(try await test.check().faults == [Fault(kind: .orphan, subject: orphan)])
            let repaired = try await test.check(repairs: true).faults
            #expect(repaired == [Fault(kind: .orphan, subject: orphan, repair: .quarantined)])
            #expect(test.files(below: "quarantine").count == 1)
            #expect(Set(test.blobFiles()) == Set([key, doomed, arriving].map(test.path)))
            #expect(try await test.bytes(of: attachment) == [1])
        }
    }

    @Test("a row with a key that cannot be, or that of other bytes, gets its file back")
    func forgedRow() async throws {
        try await withStore { test in
            let attachments = [try await test.add([1]), try await test.add([2])]
            let keys = [try await test.key(of: attachments[0]), try await test.key(of: attachments[1])]
            let others = keys[0].generation("f")
            let forged = ["../../etc/passwd", others]
            for (attachment, key) in zip(attachments, forged) {
                try await test.store.index.write { tx in
                    let forge = "UPDATE blobs SET key = ? WHERE sha256 = ?"
                    try tx.db.execute(sql: forge, arguments: [key, attachment.sha256])
                }
            }
            let found = try await test.store.checkIndex().faults
            #expect(Set(found.map(\.subject)) == Set(forged))
            #expect(found.allSatisfy { $0.kind == .impossibleKey })
            let repaired = try await test.check(repairs: true).faults
            #expect(repaired == keys.sorted().map { Fault(kind: .orphan, subject: $0, repair: .adopted) })
            #expect(try await test.bytes(of: attachments[0]) == [1])
            #expect(try await test.bytes(of: attachments[1]) == [2])
            #expect(try await test.store.checkIndex() == CheckReport())
            #expect(try await test.census() == Census(attachments: 2, blobs: 2, blobFiles: 2))
        }
    }

    @Test("an older copy of the same bytes takes the place of a damaged one")
    func adopted() async throws {
        try await withStore { test in
            let attachment = try await test.add([1, 2, 3])
            let key = try await test.key(of: attachment)
            let older = key.generation("0")
            try test.overwrite(older, with: Data([1, 2, 3]))
            try test.overwrite(key, with: Data([1, 2, 4]))
            // The copy comes first in the order of keys: the row's own bytes must be read before it is removed.
            #expect(older < key)
            let repaired = try await test.check(repairs: true).faults
            #expect(repaired == [Fault(kind: .orphan, subject: older, repair: .adopted)])
            #expect(try await test.bytes(of: attachment) == [1, 2, 3])
            #expect(try await test.check().faults == [])
        }
    }

    @Test("of many rows and files each is looked at once, however they lie")
    func many() async throws {
        try await withStore { test in
            // Rows without files and files without rows, some side by side and some in long runs.
            let digests = (0..<1400).map { number in
                let digits = String(UInt32(number) &* 2_654_435_761, radix: 16)
                return String(repeating: "0", count: 8 - digits.count) + digits + String(repeating: "0", count: 56)
            }.sorted()
            let rows = Set(digests.enumerated().filter { $0.offset < 600 || $0.offset % 3 == 0 }.map(\.element))
            @Sendable func key(_ digest: String) -> String {
                "sha256/\(digest.prefix(2))/\(digest.dropFirst(2)).\(String(repeating: "0", count: 32))"
            }
            for digest in digests where !rows.contains(digest) { try test.overwrite(key(digest), with: Data()) }
            try await test.store.index.write { tx in
                for digest in rows {
                    let blob = Blob(sha256: digest, key: key(digest), size: 1, crc32: 0, createdAt: tx.now)
                    _ = try tx.insertBlobOrKeepWinner(blob)
                }
            }
            var (faults, next) = ([Fault](), BlobKey?.none)
            repeat {
                let piece = try await test.store.check(after: next, for: .seconds(600), repairs: false)
                #expect(piece.faults.count <= 1000)
                (faults, next) = (faults + piece.faults, piece.next)
            } while next != nil && faults.count < 2000
            let expected = digests.map { digest in
                Fault(kind: rows.contains(digest) ? .missing : .orphan, subject: key(digest))
            }
            #expect(faults == expected)
        }
    }

    @Test("references to rows that are not there are found", .onlySQLite)
    func brokenReference() async throws {
        try await withStore { test in
            _ = try await test.add([1])
            test.store.close()
            let path = "\(test.root)/index.sqlite"
            try Database(path: path, .readWrite).execute(sql: "PRAGMA foreign_keys = 0; DELETE FROM blobs")
            let index = try StoreIndex(path: path, storeID: test.store.folder.storeID)
            defer { index.close() }
            let broken = try await index.read { try $0.brokenReferences() }
            #expect(broken == ["1 rows of attachments refer to rows of blobs that are not there"])
        }
    }

    @Test("beside uploads, deletions and the collector nothing is a fault, and a repair takes nothing")
    func besideWriters() async throws {
        try await withStore { test in
            let checker = Task {
                var (rounds, faults) = (0, [Fault]())
                while !Task.isCancelled {
                    // The last one may be cut short.
                    guard let report = try? await test.check(repairs: true) else { continue }
                    faults += report.faults
                    rounds += 1
                    _ = try? await test.collect()
                }
                return (rounds, faults)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for round in 0..<60 {
                            let bytes = [UInt8](repeating: UInt8((writer + round) % 3), count: 100)
                            let file = try await test.add(bytes)
                            #expect(try await test.bytes(of: file) == bytes)
                            try await test.store.index.write(by: test.principal) { tx, user in
                                _ = try tx.deleteAttachment(file.id, ownedBy: user)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            checker.cancel()
            let (rounds, faults) = await checker.value
            #expect(rounds > 0)
            #expect(faults == [])
        }
    }

    @Test("the files of a missing content are marked, also after a restart, until a check finds it right")
    func missingIsMarked() async throws {
        try await withStore { test in
            let bytes = Array("precious".utf8)
            let attachment = try await test.add(bytes)
            let key = try await test.key(of: attachment)
            try test.overwrite(key, with: nil)
            await #expect(throws: (any Error).self) { _ = try await test.bytes(of: attachment) }
            let marked = try await test.store.index.read { try $0.damagedKeys() }
            #expect(marked.map(\.key) == [key])
            test.store.close()
            try await test.withReopened { next in
                _ = try await next.recover()
                #expect(next.damage.count == 1)
                try test.overwrite(key, with: Data(bytes))
                _ = try await next.check(after: nil, for: .seconds(600), repairs: false)
                #expect(next.damage.count == 0)
                let left = try await next.index.read { try $0.damagedKeys() }
                #expect(left == [])
            }
        }
    }

    @Test("stops when its task is cancelled")
    func cancelled() async throws {
        try await withStore { test in
            let key = try #require(BlobKey(try await test.key(of: try await test.add([1]))))
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await test.store.blobs.digest(of: key)
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}

extension TestStore {
    fileprivate func check(repairs: Bool = false) async throws -> CheckReport {
        try await store.check(after: nil, for: .seconds(600), repairs: repairs)
    }

    fileprivate func key(of attachment: Attachment) async throws -> String {
        try #require(try await store.index.read { try $0.blob(sha256: attachment.sha256)?.key })
    }

    fileprivate func path(of key: String) -> String { "\(root)/blobs/\(key)" }

    /// As a disk or a hand would; nil removes the file.
    fileprivate func overwrite(_ key: String, with bytes: Data?) throws {
        try? FileManager.default.removeItem(atPath: path(of: key))
        try bytes?.write(to: URL(fileURLWithPath: path(of: key)))
    }
}

extension String {
    /// The key of the same bytes with another generation.
    fileprivate func generation(_ digit: String) -> String {
        String(dropLast(32)) + String(repeating: digit, count: 32)
    }
}
