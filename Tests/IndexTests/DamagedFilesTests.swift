import Testing

import struct Index.Attachment

@testable import Index

@Suite("Files whose bytes are damaged")
struct DamagedFilesTests {
    @Test("are marked, also in messages, whose readers are told once; and no longer when the bytes are whole again")
    func marked() async throws {
        let fixture = try await Fixture()
        let (message, blob) = (Message.sample(in: fixture.agent), Blob.sample())
        let files = [
            Attachment.sample(in: fixture.agent, blob: blob, message: message),
            Attachment.sample(in: fixture.agent, blob: blob, message: message),
            Attachment.sample(in: fixture.agent, blob: blob),
        ]
        try await fixture.index.write { tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(message)
            for file in files { try tx.insert(file) }
        }
        try await fixture.storeFile()
        let start = fixture.index.feed.lastNumber
        for _ in 1...2 {
            let isKnown = try await fixture.index.write { try $0.markFilesDamaged(blob.key) }
            #expect(isKnown)
        }
        #expect(try await Self.marks(fixture) == 3)
        let keys = try await fixture.index.read { try $0.damagedKeys() }
        #expect(keys.map(\.key) == [blob.key])
        #expect(keys.map(\.hasOtherBytes) == [false])
        let isMoved = try await fixture.index.write { tx in
            try tx.moveBlob(sha256: blob.sha256, from: blob.key, to: blob.key + "1")
        }
        #expect(isMoved)
        // Who met the damage before the upload is late.
        let isLate = try await !fixture.index.write { try $0.markFilesDamaged(blob.key) }
        #expect(isLate)
        #expect(try await Self.marks(fixture) == 0)
        let left = try await fixture.index.read { try $0.damagedKeys() }
        #expect(left == [])
        let told = fixture.index.feed.changes(of: .message(message.id), after: start, limit: 9)?.changes.map(\.change)
        let change = Change(.messageUpdated, channelID: fixture.agent.id, messageID: message.id)
        #expect(told == [change, change])
    }

    @Test("are those of a key under which a check found other bytes")
    func otherBytes() async throws {
        let fixture = try await Fixture()
        let file = try await fixture.storeFile()
        let key = try #require(try await fixture.index.read { try $0.blob(sha256: file.sha256)?.key })
        let isMarked = try await fixture.index.write { try $0.markDamaged(key) }
        #expect(isMarked)
        #expect(try await Self.marks(fixture) == 1)
        let keys = try await fixture.index.read { try $0.damagedKeys() }
        #expect(keys.map(\.hasOtherBytes) == [true])
        let isUnknown = try await !fixture.index.write { try $0.markDamaged("sha256/none") }
        #expect(isUnknown)
    }

    private static func marks(_ fixture: Fixture) async throws -> Int? {
        try await fixture.index.read { try $0.one("SELECT count(*) FROM attachments WHERE damaged_at IS NOT NULL") }
    }
}
