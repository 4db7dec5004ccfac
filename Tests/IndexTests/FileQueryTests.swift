import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Blobs, attachments and doomed keys")
struct FileQueryTests {
    @Test("An attachment comes back whole, with its owner and the key of its bytes")
    func roundTrip() async throws {
        let fixture = try await Fixture()
        let (message, blob) = (Message.sample(in: fixture.agent), Blob.sample())
        var attachment = Attachment.sample(in: fixture.agent, blob: blob, message: message)
        attachment.declaredMimeType = "text/markdown"
        try await fixture.index.write { [attachment] tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(message)
            try tx.insert(attachment)
        }
        try await fixture.index.read { [attachment] reader throws in
            #expect(try reader.anyMessage(id: message.id)?.message == message)
            #expect(try reader.blob(sha256: blob.sha256) == blob)
            #expect(try reader.attachment(attachment.id, in: reader.owned(attachment.channelID)) == attachment)
            let found = try #require(try reader.file(attachment.id, ownedBy: ActingUser(id: fixture.user.id)))
            #expect(found.attachment == attachment)
            #expect(found.ownerID == fixture.user.id)
            #expect(found.blobKey == blob.key)
            #expect(try reader.file("gone", ownedBy: ActingUser(id: fixture.user.id)) == nil)
        }
    }

    @Test("An attachment without its blob, message or channel is refused: invariants 1 and 6")
    func missingReferences() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        let (blob, elsewhere) = (Blob.sample(), Message.sample(in: other))
        try await fixture.index.write { tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(other)
            try tx.insert(elsewhere)
        }
        let refused: [Attachment] = [
            .sample(in: fixture.agent, blob: .sample()),
            .sample(in: .sample(of: fixture.user), blob: blob),
            .sample(in: fixture.agent, blob: blob, message: .sample(in: fixture.agent)),
            .sample(in: fixture.agent, blob: blob, message: elsewhere),
        ]
        for attachment in refused {
            await #expect(throws: IndexError.missingReference) {
                try await fixture.index.write { tx in try tx.insert(attachment) }
            }
        }
        #expect(try await fixture.index.read { try $0.attachmentCount() } == 0)
    }

    @Test("An unattached file has an expiry and an attached one has none: invariant 6")
    func expiry() async throws {
        let fixture = try await Fixture()
        let (message, blob) = (Message.sample(in: fixture.agent), Blob.sample())
        var unattached = Attachment.sample(in: fixture.agent, blob: blob)
        unattached.expiresAt = nil
        var attached = Attachment.sample(in: fixture.agent, blob: blob, message: message)
        attached.expiresAt = .sample
        for attachment in [unattached, attached] {
            await #expect {
                try await fixture.index.write { tx in
                    _ = try tx.insertBlobOrKeepWinner(blob)
                    try tx.insert(message)
                    try tx.insert(attachment)
                }
            } throws: {
                ($0 as? IndexError)?.isFailedCheck == true
            }
        }
    }

    @Test("A blob that an attachment has cannot go; without one it can: invariant 2")
    func restrict() async throws {
        let fixture = try await Fixture()
        let file = try await fixture.storeFile()
        let deleteBlob = { @Sendable in
            try await fixture.index.write { tx in
                try tx.db.execute(sql: "DELETE FROM blobs WHERE sha256 = ?", arguments: [file.sha256])
            }
        }
        await #expect(throws: IndexError.stillReferenced) { try await deleteBlob() }
        #expect(
            try await fixture.index.write { tx in
                try tx.deleteAttachment(file.id, ownedBy: ActingUser(id: fixture.user.id))
            }
        )
        #expect(
            try await !fixture.index.write { tx in
                try tx.deleteAttachment(file.id, ownedBy: ActingUser(id: fixture.user.id))
            }
        )
        try await deleteBlob()
        #expect(try await fixture.index.read { try $0.blobCount() } == 0)
    }

    @Test("Deleting a message takes its attachments and no others")
    func messageCascade() async throws {
        let fixture = try await Fixture()
        let other = try await fixture.storeFile()
        let message = Message.sample(in: fixture.agent)
        try await fixture.index.write { tx in
            let blob = try tx.insertBlobOrKeepWinner(.sample())
            try tx.insert(message)
            try tx.insert(.sample(in: fixture.agent, blob: blob, message: message))
            try tx.db.execute(sql: "DELETE FROM messages WHERE id = ?", arguments: [message.id])
        }
        let left = try await fixture.index.read {
            try $0.files(in: $0.owned(fixture.agent.id), limit: 9).map(\.attachment)
        }
        #expect(left == [other])
    }

    @Test("Of two blobs with one digest the first wins, and a key is taken once: invariant 3")
    func winner() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let first = Blob.sample(key: "k.1")
        let second = Blob.sample(sha256: first.sha256, key: "k.2")
        #expect(try await index.write { tx in try tx.insertBlobOrKeepWinner(first) } == first)
        #expect(try await index.write { tx in try tx.insertBlobOrKeepWinner(second) } == first)
        await #expect(throws: IndexError.duplicate) {
            try await index.write { tx in try tx.insertBlobOrKeepWinner(.sample(key: "k.1")) }
        }
        #expect(try await index.read { try $0.referencedKeys(among: ["k.2", "k.1", "x"]) } == ["k.1"])
        #expect(try await index.read { try $0.referencedKeys(among: []) } == [])
    }

    @Test("Doomed keys come due by time, then in order; the first word on a key stands; removing forgets it")
    func doomed() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let at = { @Sendable (milliseconds: Int64) in Timestamp(milliseconds: milliseconds) }
        try await index.write { tx in
            try tx.doom(key: "b", notBefore: at(10))
            try tx.doom(key: "a", notBefore: at(20))
            try tx.doom(key: "c", notBefore: at(21))
            try tx.doom(key: "a", notBefore: at(99))
            try tx.doom(key: "Z", notBefore: at(10))
        }
        let due: @Sendable (Int64, DueKey?, Int) async throws -> [DueKey] = { now, last, limit in
            try await index.read { try $0.dueDoomedKeys(now: at(now), after: last, limit: limit) }
        }
        #expect(try await due(9, nil, 10).isEmpty)
        #expect(try await due(20, nil, 10).map(\.key) == ["Z", "b", "a"])
        let first = try await due(20, nil, 1)
        #expect(first.map(\.key) == ["Z"])
        #expect(try await due(20, first[0], 10).map(\.key) == ["b", "a"])
        try await index.write { tx in
            try tx.removeDoomed(key: "a")
            try tx.removeDoomed(key: "a")
        }
        #expect(try await due(99, nil, 10).map(\.key) == ["Z", "b", "c"])
    }

    @Test("Pages neither repeat nor skip a row while others are inserted and deleted, the cursor's row too")
    func paging() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let channel = fixture.agent.id
        var expected: [Attachment] = []
        for _ in 0..<25 { expected.insert(try await fixture.storeFile(), at: 0) }
        #expect(try await index.read { try $0.files(in: $0.owned(channel), limit: 99).map(\.attachment) } == expected)

        var (seen, cursor) = ([Attachment](), Attachment.ID?.none)
        while true {
            let page = try await index.read { [cursor] in
                try $0.files(in: $0.owned(channel), before: cursor, limit: 10).map(\.attachment)
            }
            guard let last = page.last else { break }
            seen += page
            cursor = last.id
            try await fixture.storeFile()
            // The first page's last row stays, so that a repeat would show; the second's goes.
            if seen.count > 10 {
                try await index.write { tx in
                    _ = try tx.deleteAttachment(last.id, ownedBy: ActingUser(id: fixture.user.id))
                }
            }
        }
        #expect(seen == expected)
    }

    @Test("A list has the files from one time on until before another")
    func byTime() async throws {
        let fixture = try await Fixture()
        let times = (1...4).map { Timestamp(milliseconds: $0 * 1000) }
        let files = times.map { time in
            var file = Attachment.sample(in: fixture.agent, blob: .sample())
            file.id = Attachment.ID(rawValue: OrderedUUID.earliest(at: time))
            return file
        }
        try await fixture.index.write { tx in
            for file in files {
                let blob = Blob(sha256: file.sha256, key: file.sha256, size: file.size, crc32: 0, createdAt: tx.now)
                _ = try tx.insertBlobOrKeepWinner(blob)
                try tx.insert(file)
            }
        }
        let found = try await fixture.index.read { reader in
            try reader.files(in: reader.owned(fixture.agent.id), since: times[1], until: times[3], limit: 9)
        }
        #expect(found.map(\.attachment.id) == [files[2].id, files[1].id])
        let rest = try await fixture.index.read { reader in
            try reader.files(
                in: reader.owned(fixture.agent.id),
                since: times[1],
                until: times[3],
                before: files[2].id,
                limit: 9
            )
        }
        #expect(rest.map(\.attachment.id) == [files[1].id])
    }

    @Test("A channel's list holds no other channel's files")
    func channelsApart() async throws {
        let fixture = try await Fixture()
        try await fixture.storeFile()
        #expect(try await fixture.index.read { try $0.files(in: $0.owned("other"), limit: 9).isEmpty })
    }

    @Test(
        "The hot queries and the foreign keys find their rows by index, never by scanning",
        .onlySQLite,
        arguments: [
            "SELECT * FROM attachments WHERE channel_id = '' AND id < '' ORDER BY id DESC LIMIT 5",
            "SELECT * FROM attachments WHERE channel_id = '' AND message_id = ''",
            "SELECT * FROM attachments WHERE message_id = ''",
            "SELECT * FROM attachments WHERE sha256 = ''",
            "SELECT * FROM attachments WHERE message_id IS NULL AND expires_at <= 5 ORDER BY expires_at",
            "SELECT * FROM doomed_keys WHERE (not_before, key) > (1, '') AND not_before <= 5 ORDER BY not_before, key",
        ]
    )
    func plans(sql: String) async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let plan = try await index.read { try $0.plan(of: sql) }
        #expect(plan.count == 1)
        #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") && $0.contains("INDEX") }, "\(plan)")
    }
}
