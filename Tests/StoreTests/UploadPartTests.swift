import BlobsSupport
import Index
import IndexSupport
import NIOCore
import Testing

import struct Index.Attachment

@testable import Blobs
@testable import Store

/// Uploads in parts whose bytes go into a bucket, where any node goes on with them.
@Suite("Parts of uploads in a bucket")
struct UploadPartTests {
    @Test("become a file with the bytes in their order, and go with that")
    func whole() async throws {
        try await onBucket { test in
            let one = test.upload(26)
            try await test.store.begin(one, by: test.principal, most: .max)
            try await test.add("abcdefgh", to: one)
            try await test.add("ijk", to: one)
            #expect(try await test.partKeys().count == 2)
            let file = try await test.finish(one, "lmnopqrstuvwxyz")
            #expect(try await test.bytes(of: file) == Array("abcdefghijklmnopqrstuvwxyz".utf8))
            #expect(try await test.partKeys() == [])
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
            #expect(try await test.store.index.read { try $0.wrongCounts() }.isEmpty)
        }
    }

    @Test("many parts, large and small, come back in their order")
    func many() async throws {
        try await onBucket { test in
            let texts = (0..<20).map { String(repeating: "\($0),", count: $0 == 7 ? 3_000_000 : $0 + 1) }
            let one = test.upload(texts.reduce(0) { $0 + $1.utf8.count })
            try await test.store.begin(one, by: test.principal, most: .max)
            for text in texts.dropLast() { try await test.add(text, to: one) }
            let file = try await test.finish(one, texts[19])
            let bytes = try await test.bytes(of: file)
            #expect(bytes == Array(texts.joined().utf8))
        }
    }

    @Test("a part with other bytes is noticed: the upload ends, and no file is made of it")
    func otherBytes() async throws {
        try await onBucket { test in
            guard case .bucket(let bucket) = test.store.blobs else { return }
            let one = test.upload(10)
            try await test.store.begin(one, by: test.principal, most: .max)
            for text in ["abc", "def"] { try await test.add(text, to: one) }
            let key = try await test.partKeys()[0]
            try await bucket.bucket.put(key.description, .bytes(ByteBuffer(string: "xyz")))
            #expect(try await test.faults() == [Fault(kind: .wrongBytes, subject: key.description)])
            await #expect(throws: StoreError.uploadHasEnded) { try await test.finish(one, "ghij") }
            #expect(try await test.census() == Census())
        }
    }

    @Test("an upload of no bytes, and one in a single request, need none")
    func single() async throws {
        try await onBucket { test in
            for text in ["", "all of it"] {
                let one = test.upload(text.utf8.count)
                try await test.store.begin(one, by: test.principal, most: .max)
                let file = try await test.finish(one, text)
                #expect(try await test.bytes(of: file) == Array(text.utf8))
            }
            #expect(try await test.census() == Census(attachments: 2, blobs: 2, blobFiles: 2))
        }
    }

    @Test("what has come is noted only when the bucket has it, and the last byte never")
    func noted() async throws {
        try await onBucket { test in
            let one = test.upload(5)
            try await test.store.begin(one, by: test.principal, most: .max)
            try await test.writing(one, "abc") { upload, writer in
                #expect(try await test.store.note(writer, of: upload, by: test.principal) == 3)
                let key = try #require(try await test.partKeys().first)
                #expect(try await test.store.blobs.size(of: key) == 3)
                try await writer.append(ByteBuffer(string: "de"))
                #expect(writer.byteCount == 5)
                #expect(try await test.store.note(writer, of: upload, by: test.principal) == 3)
            }
            #expect(try await test.store.partialUpload(one.id, by: test.principal)?.received == 3)
        }
    }

    @Test("of two requests that send the same bytes one is noted, and the other hears where the upload is")
    func race() async throws {
        try await onBucket { test in
            let one = test.upload(10)
            try await test.store.begin(one, by: test.principal, most: .max)
            let late = try await test.writer(one, "XXXX")
            try await test.add("abc", to: one)
            await #expect(throws: StoreError.uploadHasMovedOn(to: 3)) {
                try await test.store.note(late, of: one, by: test.principal)
            }
            #expect(late.byteCount == 0, "nothing is left to be noted")
            await late.end()
            #expect(try await test.partKeys().count == 1)
            let file = try await test.finish(one, "defghij")
            #expect(try await test.bytes(of: file) == Array("abcdefghij".utf8))
        }
    }

    @Test("of two requests with the last bytes one makes the file, and the other hears that it is whole")
    func lastRace() async throws {
        try await onBucket { test in
            let one = test.upload(10)
            try await test.store.begin(one, by: test.principal, most: .max)
            try await test.add("abcdefg", to: one)
            let at7 = try #require(try await test.store.partialUpload(one.id, by: test.principal))
            let late = try await test.writer(at7, "XXX")
            _ = try await test.finish(one, "hij")
            await #expect(throws: StoreError.uploadHasMovedOn(to: 10)) {
                try await test.store.finish(at7, late, by: test.principal)
            }
            await late.end()
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("a request that began before another one added to the upload does not end it without those bytes")
    func lateEnd() async throws {
        try await onBucket { test in
            let one = test.upload(5)
            try await test.store.begin(one, by: test.principal, most: .max)
            let late = try await test.writer(one, "XXXXX")
            try await test.add("abc", to: one)
            await #expect(throws: StoreError.uploadHasMovedOn(to: 3)) {
                try await test.store.finish(one, late, by: test.principal)
            }
            await late.end()
            let file = try await test.finish(one, "de")
            #expect(try await test.bytes(of: file) == Array("abcde".utf8))
        }
    }

    @Test("a part that the collector gave up is published again", .onlySQLite, arguments: [1, 2])
    func endedLease(tries: Int) async throws {
        try await onBucket { test in
            let one = test.upload(5)
            try await test.store.begin(one, by: test.principal, most: .max)
            // As the collector would have, between the PUT and the note.
            try await test.store.index.write { tx in
                try tx.db.execute(
                    sql: """
                        CREATE TRIGGER given_up AFTER UPDATE OF received ON partial_uploads
                        WHEN (SELECT count(*) FROM doomed_keys) <= \(tries) BEGIN
                            UPDATE doomed_keys SET state = 'abandoned';
                        END
                        """
                )
            }
            try await test.add("abc", to: one)
            #expect(try await test.partKeys().count == 1)
            #expect(try await test.store.partialUpload(one.id, by: test.principal)?.received == 3)
        }
    }

    @Test("what was sent and not noted goes when its lease is over")
    func notNoted() async throws {
        try await onBucket { test in
            guard case .bucket(let bucket) = test.store.blobs else { return }
            let key = try await test.store.receiving { intake in
                let bytes = try await test.receive([1, 2, 3], intake).bytes
                return try await bucket.publish(bytes, as: .part, under: test.store.lease)
            }
            #expect(try await test.store.blobs.list(after: nil, limit: 9) == [key])
            #expect(try await test.faults() == [], "it is listed")
            try await test.store.index.write { try $0.db.execute(sql: "UPDATE doomed_keys SET not_before = 0") }
            try await test.store.removeDueKeys()
            #expect(try await test.store.blobs.list(after: nil, limit: 9) == [])
        }
    }

    @Test("are doomed with the row of their upload, whatever takes it", arguments: ["forget", "expire", "user"])
    func ended(way: String) async throws {
        try await onBucket { test in
            let one = test.upload(10)
            try await test.store.begin(one, by: test.principal, most: .max)
            for text in ["abc", "def"] { try await test.add(text, to: one) }
            switch way {
            case "forget":
                let turn = try test.store.turn(at: one.id)
                #expect(try await test.store.forget(turn, by: test.principal))
            case "expire":
                try await test.store.index.write { try $0.db.execute(sql: "UPDATE partial_uploads SET expires_at = 1") }
                #expect(try await test.store.removeExpired() == [one.id])
            default:
                try await test.store.index.write { try $0.db.execute(sql: "DELETE FROM users") }
                try await test.store.removeDueKeys()
            }
            #expect(try await test.store.blobs.list(after: nil, limit: 9) == [])
            #expect(try await test.census() == Census())
            #expect(try await test.store.index.read { try $0.wrongCounts() }.isEmpty)
        }
    }

    @Test("a check knows them, names one that is missing and one that is another, and finds one that nobody has")
    func check() async throws {
        try await onBucket { test in
            guard case .bucket(let bucket) = test.store.blobs else { return }
            let one = test.upload(10)
            try await test.store.begin(one, by: test.principal, most: .max)
            for text in ["abc", "def"] { try await test.add(text, to: one) }
            let file = try await test.add([1, 2, 3])
            #expect(try await test.faults() == [])
            let report = try await test.store.check(after: nil, for: .seconds(60), repairs: false)
            #expect(report.count == 1 && report.bytes == 3, "parts are no contents")
            let keys = try await test.partKeys()
            _ = try await test.store.blobs.remove([keys[0]])
            #expect(try await test.faults() == [Fault(kind: .missing, subject: keys[0].description)])
            // An index that was restored does not know it.
            try await test.store.index.write { tx in
                try tx.db.execute(sql: "DELETE FROM upload_parts WHERE start = 3")
                try tx.db.execute(sql: "DELETE FROM doomed_keys")
            }
            let found = try await test.store.check(after: nil, for: .seconds(60), repairs: true).faults
            #expect(Set(found.map(\.kind)) == [.missing, .orphan])
            #expect(try await bucket.list(after: nil, limit: 9).count == 2, "an orphan stays where it is")
            #expect(try await test.bytes(of: file) == [1, 2, 3])
        }
    }

    @Test("an upload of which a part is lost is forgotten at its end, and never becomes another file")
    func lost() async throws {
        try await onBucket { test in
            let one = test.upload(10)
            try await test.store.begin(one, by: test.principal, most: .max)
            for text in ["abc", "def"] { try await test.add(text, to: one) }
            _ = try await test.store.blobs.remove([try await test.partKeys()[1]])
            await #expect(throws: StoreError.uploadHasEnded) { try await test.finish(one, "ghij") }
            #expect(try await test.store.partialUpload(one.id, by: test.principal) == nil)
            #expect(try await test.census() == Census())
        }
    }

    @Test("an upload without the parts that it is said to have is forgotten")
    func withoutParts() async throws {
        try await onBucket { test in
            let one = test.upload(10)
            try await test.store.begin(one, by: test.principal, most: .max)
            try await test.add("abc", to: one)
            try await test.store.index.write { try $0.db.execute(sql: "DELETE FROM upload_parts") }
            #expect(try await test.store.partialUpload(one.id, by: test.principal) == nil)
            #expect(try await test.store.index.read { try $0.nextPartialUploadEnd() } == nil)
        }
    }

    private func onBucket(_ body: (TestStore) async throws -> Void) async throws {
        try await Engine.$current.withValue(.bucket) { try await withStore(body) }
    }
}

extension TestStore {
    /// What a request at another node has received: nothing there waits for the turn here.
    fileprivate func writer(_ upload: PartialUpload, _ text: String) async throws -> UploadWriter {
        let turn = try store.turn(at: upload.id)
        defer { turn.end() }
        let writer = try #require(try await store.open(upload, turn, by: principal))
        try await writer.append(ByteBuffer(string: text))
        return writer
    }

    fileprivate func partKeys() async throws -> [BlobKey] {
        try await store.index.read { try $0.parts(afterKey: "", limit: 9) }.compactMap { BlobKey($0.key) }
    }

    fileprivate func faults() async throws -> [Fault] {
        try await store.check(after: nil, for: .seconds(60), repairs: false).faults
    }
}
