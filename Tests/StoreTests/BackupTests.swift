import GRDB
import Index
import Testing

@testable import Store

@Suite("Backup")
struct BackupTests {
    @Test("while removal is held back, doomed keys keep their files, and go when it ends")
    func held() async throws {
        try await withStore { test in
            try await test.doomOne()
            #expect(try await test.store.holdRemoval() == false)
            try await test.store.removeDueKeys()
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            #expect(try await test.store.holdRemoval())
            try await test.store.endRemovalHold()
            #expect(try await test.census() == Census())
        }
    }

    @Test("a restart does not end a hold")
    func heldOverRestart() async throws {
        try await withStore { test in
            try await test.doomOne()
            _ = try await test.store.holdRemoval()
            try test.store.close()
            #expect(try await test.censusAfterRestart() == Census(doomed: 1, blobFiles: 1))
        }
    }

    @Test("a hold is over after its time, and when the clock was set back before it")
    func holdEnds() async throws {
        try await withStore { test in
            let before = Timestamp.now()
            _ = try await test.store.holdRemoval()
            let index = test.store.index
            #expect(try await index.read { try $0.isRemovalHeld(at: .now()) })
            #expect(try await index.read { try !$0.isRemovalHeld(at: .now() + .seconds(600)) })
            #expect(try await index.read { try !$0.isRemovalHeld(at: before + .seconds(-3600)) })
        }
    }
}

extension TestStore {
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
