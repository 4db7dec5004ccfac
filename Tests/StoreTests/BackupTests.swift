import Blobs
import Foundation
import Glibc
import Index
import IndexSupport
import Testing

@testable import Store

@Suite("Backup")
struct BackupTests {
    @Test("while removal is held back, doomed keys keep their files, and go when it ends")
    func held() async throws {
        try await withStore { test in
            try await test.doomOne()
            #expect(try await test.store.holdRemoval("a") == false)
            try await test.store.removeDueKeys()
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            #expect(try await test.store.holdRemoval("a"))
            let before = try await test.store.index.read { try $0.storeCare(at: .now()) }
            #expect(before.heldUntil != nil && before.backupMadeAt == nil)
            try await test.store.endRemovalHold("a", isWhole: true)
            #expect(try await test.census() == Census())
            let after = try await test.store.index.read { try $0.storeCare(at: .now()) }
            #expect(after.heldUntil == nil && after.backupMadeAt != nil)
        }
    }

    @Test("removal is held back until the last hold ends, and each one knows only whether itself has lasted")
    func severalHolds() async throws {
        try await withStore { test in
            try await test.doomOne()
            for id in ["a", "b"] { #expect(try await test.store.holdRemoval(id) == false) }
            try await test.store.endRemovalHold("b", isWhole: false)
            #expect(try await test.store.index.read { try $0.storeCare(at: .now()).backupMadeAt } == nil)
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            #expect(try await test.store.holdRemoval("a"))
            #expect(try await test.store.holdRemoval("b") == false)
            for id in ["a", "b"] { try await test.store.endRemovalHold(id, isWhole: false) }
            #expect(try await test.census() == Census())
        }
    }

    @Test("a restart does not end a hold")
    func heldOverRestart() async throws {
        try await withStore { test in
            try await test.doomOne()
            _ = try await test.store.holdRemoval("a")
            test.store.close()
            #expect(try await test.censusAfterRestart() == Census(doomed: 1, blobFiles: 1))
        }
    }

    @Test("a hold is over after its time, and when the clock was set back before it")
    func holdEnds() async throws {
        try await withStore { test in
            let before = Timestamp.now()
            _ = try await test.store.holdRemoval("a")
            let index = test.store.index
            #expect(try await index.read { try $0.removalHold(at: .now()) != nil })
            #expect(try await index.read { try $0.removalHold(at: .now() + .seconds(600)) == nil })
            #expect(try await index.read { try $0.removalHold(at: before + .seconds(-3600)) == nil })
        }
    }

    @Test("what cannot be opened for a reason that may pass ends the backup, and is not left out", .onlySQLite)
    func passingError() async throws {
        try await withBackup { test, _ in
            _ = try await test.add([])
            let path = try #require(test.blobFiles().first)
            try FileManager.default.removeItem(atPath: path)
            // Nobody opens a socket as a file. What others may not open, root may.
            #expect(mknod(path, S_IFSOCK | 0o600, 0) == 0)
            await #expect(throws: BlobError.io(operation: "open", errno: ENXIO)) { _ = try await test.backUp() }
        }
    }

    @Test("a copy that was cut is copied again", .onlySQLite, arguments: [0, 2])
    func cutCopy(rest: Int) async throws {
        try await withBackup { test, folder in
            let digest = try await test.add([1, 2, 3]).sha256
            #expect(try await test.backUp() == [])
            let copy = "\(folder)/blobs/sha256/\(digest.prefix(2))/\(digest.dropFirst(2))"
            try FileManager.default.removeItem(atPath: copy)
            try Data([1, 2, 3].prefix(rest)).write(to: URL(fileURLWithPath: copy))
            #expect(try await test.backUp() == [])
            #expect(FileManager.default.contents(atPath: copy) == Data([1, 2, 3]))
        }
    }

    @Test(
        "a row whose key cannot be, or is that of other bytes, is told when it is backed up, read and restored",
        .onlySQLite
    )
    func impossibleKeys() async throws {
        try await withBackup { test, folder in
            let attachments = [try await test.add([1]), try await test.add([2]), try await test.add([3, 3])]
            let other = try #require(try await test.store.index.read { try $0.blob(sha256: attachments[2].sha256) }).key
            let forged = ["../../etc/passwd", other.dropLast(32) + String(repeating: "f", count: 32)]
            for (attachment, key) in zip(attachments, forged) {
                try await test.store.index.write { tx in
                    let forge = "UPDATE blobs SET key = ? WHERE sha256 = ?"
                    try tx.db.execute(sql: forge, arguments: [key, attachment.sha256])
                }
            }
            let expected = Set(forged)
            let told = try await test.backUp()
            #expect(told.count == 2 && Set(told.map(\.subject)) == expected)
            for isDry in [true, false] {
                var faults: [Fault] = []
                let restore = try Restore(from: folder)
                let whole: StoredAmount
                if isDry {
                    whole = try await restore.verify { if case .fault(let fault) = $0 { faults.append(fault) } }
                } else {
                    whole = try await restore.fill("\(folder)/../restored") {
                        if case .fault(let fault) = $0 { faults.append(fault) }
                    }
                }
                #expect(whole == StoredAmount(count: 1, bytes: 2))
                #expect(faults.count == 2 && Set(faults.map(\.subject)) == expected)
                #expect(faults.allSatisfy { $0.kind == .impossibleKey })
            }
        }
    }
}

/// A store, and a folder for its backup in a folder that goes with it.
private func withBackup(_ body: (TestStore, _ folder: String) async throws -> Void) async throws {
    try await withStore { test in
        let parent = "\(test.root)-backups"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        try await body(test, test.backupFolder)
    }
}

extension TestStore {
    fileprivate var backupFolder: String { "\(root)-backups/b" }

    /// - Returns: what was left out.
    fileprivate func backUp() async throws -> [Fault] {
        let backup = try Backup(in: try Backup.openFolder(backupFolder, for: root), of: root)
        var faults: [Fault] = []
        _ = try await backup.copyMissing { if case .fault(let fault) = $0 { faults.append(fault) } }
        _ = try backup.finish()
        return faults
    }

    /// Makes a key whose row has gone and whose file is still there.
    fileprivate func doomOne() async throws {
        let attachment = try await add([1, 2, 3])
        try await store.index.write(by: principal) { tx, user in
            _ = try tx.deleteAttachment(attachment.id, ownedBy: user)
        }
        try await store.index.write { tx in
            let key: String = try #require(try tx.blob(sha256: attachment.sha256)?.key)
            try tx.db.execute(sql: "DELETE FROM blobs")
            try tx.doom(key: key, notBefore: tx.now)
        }
    }
}
