import Blobs
import Foundation
import IndexSupport
import Synchronization
import Testing

@testable import Index
@testable import Store

/// A store that crashed, or that somebody's hand or a disk has damaged.
@Suite("Recovery and damage")
struct DamageTests {
    @Test("bytes that are fewer than the index says are never opened", arguments: [10, 100_000])
    func truncated(size: Int) async throws {
        try await withStore { test in
            let attachment = try await test.add([UInt8](repeating: 7, count: size))
            let path = try #require(test.blobFiles().first)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: UInt64(size / 2))
            let file = try #require(
                try await test.store.index.read(by: test.principal) { try $0.file(attachment.id, ownedBy: $1) }
            )
            let key = try file.key()
            await #expect(throws: StoreError.damagedFile(key, size: Int64(size / 2))) {
                _ = try await test.store.open(key, size: Int64(size))
            }
        }
    }

    @Test(
        "uploading the same bytes again mends a file that is missing or short, and leaves nothing",
        arguments: [0, 3]
    )
    func repaired(rest: Int) async throws {
        let reported = Mutex<[BlobKey]>([])
        try await withStore(onDamage: { key in reported.withLock { $0.append(key) } }) { test in
            let bytes = Array("precious".utf8)
            let attachment = try await test.add(bytes)
            let path = try #require(test.blobFiles().first)
            try FileManager.default.removeItem(atPath: path)
            if rest > 0 { try Data(bytes.prefix(rest)).write(to: URL(fileURLWithPath: path)) }
            for _ in 1...2 {
                await #expect(throws: (any Error).self) { _ = try await test.bytes(of: attachment) }
            }
            // Said once, with its key, and told until it is mended.
            let key = reported.withLock { $0 }
            #expect(key.count == 1 && key.first.map { path.hasSuffix("\($0)") } == true)
            #expect(await test.store.writability() == (.ok, .damaged))
            let again = try await test.add(bytes)
            #expect(try await test.bytes(of: attachment) == bytes)
            #expect(try await test.bytes(of: again) == bytes)
            #expect(await test.store.writability() == (.ok, .ok))
            #expect(try await test.census() == Census(attachments: 2, blobs: 1, blobFiles: 1))
            // Invariant 3: the bytes are under a key of their own.
            #expect(test.blobFiles() != [path])
        }
    }

    @Test("an upload notices damage that nobody has met before, and two at once mend it once")
    func repairedTwice() async throws {
        let reported = Mutex(0)
        try await withStore(onDamage: { _ in reported.withLock { $0 += 1 } }) { test in
            let attachment = try await test.add([7])
            try FileManager.default.removeItem(atPath: try #require(test.blobFiles().first))
            async let first = test.add([7])
            async let second = test.add([7])
            for attachment in [attachment, try await first, try await second] {
                #expect(try await test.bytes(of: attachment) == [7])
            }
            #expect(reported.withLock { $0 } == 1)
            #expect(try await test.census() == Census(attachments: 3, blobs: 1, blobFiles: 1))
        }
    }

    @Test("a message is answered although the bytes of its text file cannot be read")
    func textOfDamagedFile() async throws {
        try await withStore { test in
            let attachment = try await test.add(Array("text".utf8))
            #expect(try await test.store.texts(of: [attachment]) == [attachment.id: "text"])
            try FileManager.default.removeItem(atPath: try #require(test.blobFiles().first))
            #expect(try await test.store.texts(of: [attachment]) == [:])
            #expect(test.store.damage.count == 1)
        }
    }

    @Test("a record that names no key is damage, not a path")
    func noKey() async throws {
        try await withStore { test in
            let attachment = try await test.add([7])
            try await test.store.index.write { tx in
                try tx.db.execute(sql: "UPDATE blobs SET key = '../../etc/passwd'")
            }
            let file = try #require(
                try await test.store.index.read(by: test.principal) { try $0.file(attachment.id, ownedBy: $1) }
            )
            #expect(throws: StoreError.damagedRecord(attachmentID: attachment.id)) { _ = try file.key() }
        }
    }

    @Test("bytes without an index are not taken for a new store", .onlySQLite)
    func lostIndex() async throws {
        try await withStore { test in
            _ = try await test.add(Array("precious".utf8))
            let path = try #require(test.blobFiles().first)
            test.store.close()
            // As after a power loss: the file's name in incoming/ came back. With the index gone, the sweep would take it
            // and the bytes it names for garbage.
            let name = path.split(separator: "/").suffix(2).joined()
            let marker = "\(test.root)/incoming/\(String(repeating: "0", count: 32)).\(name)"
            try FileManager.default.linkItem(atPath: path, toPath: marker)
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(test.root)/index.sqlite\(suffix)")
            }
            await #expect(throws: StoreError.indexIsMissing) { _ = try await test.censusAfterRestart() }
            #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
        }
    }

    @Test("a start removes what was doomed, and its note, whether or not the bytes are still there")
    func doomed() async throws {
        try await withStore { test in
            _ = try await test.add([7])
            let key = try #require(
                try await test.store.index.read { try String.fetchOne($0.db, sql: "SELECT key FROM blobs") }
            )
            let absent = key.dropLast(32) + String(repeating: "0", count: 32)
            try await test.store.index.write { tx in
                try tx.db.execute(sql: "DELETE FROM attachments")
                try tx.db.execute(sql: "DELETE FROM blobs")
                for key in [key, String(absent), "no key"] { try tx.doom(key: key, notBefore: tx.now) }
            }
            #expect(try await test.census() == Census(doomed: 3, blobFiles: 1))
            test.store.close()
            #expect(try await test.censusAfterRestart() == Census())
        }
    }

    @Test("both halves are asked whether they can be written", .onlySQLite)
    func writability() async throws {
        try await withStore { test in
            var found = await test.store.writability()
            #expect(found == (.ok, .ok))
            try await test.store.index.write { tx in try tx.db.execute(sql: "PRAGMA query_only = 1") }
            found = await test.store.writability()
            #expect(found == (.unwritable, .ok))
            test.store.folder.close()
            found = await test.store.writability()
            #expect(found == (.unwritable, .unwritable))
        }
    }
}
