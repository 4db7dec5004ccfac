import Blobs
import BlobsSupport
import Foundation
import Index
import IndexSupport
import NIOCore
import Testing

import struct Index.Attachment

@testable import Store

@Suite("Uploads in parts, in the store")
struct PartialUploadTests {
    private func upload(_ test: TestStore, _ length: Int, expiresAt: Timestamp = .now() + .seconds(60)) -> PartialUpload
    {
        test.upload(length, expiresAt: expiresAt)
    }

    private func file(_ test: TestStore, _ upload: PartialUpload) -> String {
        "\(test.root)/incoming/upload.\(upload.id.rawValue)"
    }

    /// Begins an upload, and leaves some bytes of it.
    private func begin(_ test: TestStore, _ upload: PartialUpload, _ text: String) async throws {
        try await test.store.begin(upload, by: test.principal, most: .max)
        try await test.add(text, to: upload)
    }

    @Test("1,000 abandoned uploads go with their bytes when they expire; those that have not stay")
    func abandoned() async throws {
        try await withStore { test in
            let kept = upload(test, 10)
            try await begin(test, kept, "kept")
            for _ in 0..<1000 {
                let old = upload(test, 10, expiresAt: .now() + .seconds(-1))
                try await test.store.begin(old, by: test.principal, most: .max)
                try Data("x".utf8).write(to: URL(fileURLWithPath: file(test, old)))
            }
            var removed = 0
            while case let ids = try await test.store.removeExpired(), !ids.isEmpty {
                #expect(ids.count <= Sweep.batch)
                removed += ids.count
            }
            #expect(removed == 1000)
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(test.root)/incoming")
            #expect(names == ["upload.\(kept.id.rawValue)"])
            #expect(try await test.store.index.read { try $0.wrongCounts() }.isEmpty)
        }
    }

    @Test("a start keeps the bytes of open uploads, and removes those that no row wants (invariant 9)")
    func recovery() async throws {
        try await withStore { test in
            let open = upload(test, 10)
            try await begin(test, open, "kept")
            let orphan = "\(test.root)/incoming/upload.\(PartialUpload.ID.make().rawValue)"
            try Data("x".utf8).write(to: URL(fileURLWithPath: orphan))
            let report = try await test.store.recover()
            #expect(report.leftovers == 1)
            #expect(!FileManager.default.fileExists(atPath: orphan))
            #expect(FileManager.default.fileExists(atPath: file(test, open)))
            #expect(try await test.store.partialUpload(open.id, by: test.principal)?.received == 4)
        }
    }

    @Test("an upload whose bytes are gone or short is forgotten, and never said to be there", .onlySQLite)
    func lostBytes() async throws {
        try await withStore { test in
            let (gone, short) = (upload(test, 10), upload(test, 10))
            for one in [gone, short] { try await begin(test, one, "bytes") }
            try FileManager.default.removeItem(atPath: file(test, gone))
            truncate(file(test, short), 4)
            for one in [gone, short] {
                #expect(try await test.store.partialUpload(one.id, by: test.principal) == nil)
                #expect(!FileManager.default.fileExists(atPath: file(test, one)))
            }
        }
    }

    @Test("bytes that have a second name may be published: the upload goes on with a copy (invariants 3 and 9)")
    func linked() async throws {
        try await withStore { test in
            let one = upload(test, 10)
            try await begin(test, one, "bytes")
            link(file(test, one), "\(test.root)/second")
            let turn = try test.store.turn(at: one.id)
            defer { turn.end() }
            let found = try #require(try await test.store.partialUpload(turn, by: test.principal))
            let partial = try #require(try await test.store.open(found, turn, by: test.principal))
            try await partial.append(ByteBuffer(string: "12345"))
            #expect(try await test.store.note(partial, of: found, by: test.principal) == 9)
            #expect(try String(contentsOfFile: "\(test.root)/second", encoding: .utf8) == "bytes")
            #expect(try String(contentsOfFile: file(test, one), encoding: .utf8) == "bytes12345")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(test.root)/incoming").count == 1)
        }
    }

    @Test("what the file has beyond the row is cut off, and a publish that failed leaves it writable")
    func beyond() async throws {
        try await withStore { test in
            let one = upload(test, 10)
            try await begin(test, one, "bytes")
            let handle = try #require(FileHandle(forUpdatingAtPath: file(test, one)))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("lies".utf8))
            try handle.close()
            chmod(file(test, one), 0o440)
            let turn = try test.store.turn(at: one.id)
            defer { turn.end() }
            let found = try #require(try await test.store.partialUpload(turn, by: test.principal))
            let partial = try #require(try await test.store.open(found, turn, by: test.principal))
            try await partial.append(ByteBuffer(string: "12345"))
            let attachment = try await test.store.finish(found, partial, by: test.principal)
            #expect(attachment.size == 10)
            let keys = try await test.store.blobs.list(after: nil, limit: 9)
            let key = try #require(keys.first)
            #expect(keys.count == 1)
            #expect(try String(contentsOfFile: "\(test.root)/blobs/\(key)", encoding: .utf8) == "bytes12345")
            #expect(try await test.store.index.read { try $0.wrongCounts() }.isEmpty)
        }
    }

    @Test("a user may have so many open, and of two requests one has the turn", .onEachEngine)
    func limits() async throws {
        try await withStore { test in
            let one = upload(test, 10)
            try await begin(test, one, "bytes")
            await #expect(throws: StoreError.tooManyUploads(1)) {
                try await test.store.begin(upload(test, 10), by: test.principal, most: 1)
            }
            let turn = try test.store.turn(at: one.id)
            defer { turn.end() }
            #expect(throws: StoreError.uploadIsBusy) { try test.store.turn(at: one.id) }
        }
    }

    @Test("an upload does not expire while bytes come", .onEachEngine)
    func prolonged() async throws {
        try await withStore { test in
            let one = upload(test, 10, expiresAt: .now() + .seconds(60))
            try await test.store.begin(one, by: test.principal, most: .max)
            let turn = try test.store.turn(at: one.id)
            defer { turn.end() }
            _ = try await test.store.open(one, turn, by: test.principal)
            let now = try #require(try await test.store.partialUpload(turn, by: test.principal))
            #expect(now.expiresAt > .now() + .seconds(23 * 3600) && now.received == 0)
        }
    }

    @Test("who writes while an upload ends does not bring it back", .onEachEngine)
    func endedMeanwhile() async throws {
        try await withStore { test in
            let one = upload(test, 10)
            try await begin(test, one, "bytes")
            let turn = try test.store.turn(at: one.id)
            defer { turn.end() }
            let file = try #require(try await test.store.open(one, turn, by: test.principal))
            _ = try await test.store.index.write(by: test.principal) { tx, user in
                try tx.deleteAgent(in: try tx.channel(test.channel.id, ownedBy: user))
            }
            #expect(try await test.store.note(file, of: one, by: test.principal) == nil)
            #expect(try await test.store.removeExpired() == [one.id])
        }
    }

    @Test("with a channel its open uploads end at once, and what is complete stays", .onEachEngine)
    func deletedChannel() async throws {
        try await withStore { test in
            let (one, done) = (upload(test, 10), upload(test, 5))
            for each in [one, done] { try await begin(test, each, "byte") }
            _ = try await test.finish(done, "s")
            _ = try await test.store.index.write(by: test.principal) { tx, user in
                try tx.deleteAgent(in: try tx.channel(test.channel.id, ownedBy: user))
            }
            await #expect(throws: IndexError.notOwned) { try await test.finish(one, "s and m") }
            #expect(try await test.store.partialUpload(one.id, by: test.principal) == nil)
            #expect(try await test.store.removeExpired() == [one.id])
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(test.root)/incoming").isEmpty)
            #expect(try await test.store.partialUpload(done.id, by: test.principal)?.attachmentID != nil)
            #expect(try await test.store.index.read { try $0.wrongCounts() }.isEmpty)
        }
    }

    @Test("the bytes of a deleted user's uploads go at once, and only then his row", .onEachEngine)
    func deletedUser() async throws {
        try await withStore { test in
            let one = upload(test, 10)
            try await begin(test, one, "bytes")
            func removeRows() async throws {
                try await test.store.index.write { tx in
                    try tx.removeDeletedAgents(limit: 100)
                    try tx.removeDeletedUsers(limit: 100)
                }
            }
            try await test.store.index.write { try $0.deleteUser(id: test.user.id) }
            try await removeRows()
            #expect(try await test.store.removeExpired() == [one.id])
            #expect(!FileManager.default.fileExists(atPath: file(test, one)))
            #expect(try await test.store.index.read { try $0.nextUserRemoval() } != nil)
            try await removeRows()
            #expect(try await test.store.index.read { try $0.nextUserRemoval() } == nil)
        }
    }
}

extension TestStore {
    func upload(_ length: Int, expiresAt: Timestamp = .now() + .seconds(60)) -> PartialUpload {
        PartialUpload(
            id: .make(),
            userID: user.id,
            channelID: channel.id,
            filename: "a",
            declaredType: nil,
            length: length,
            createdAt: .now(),
            expiresAt: expiresAt
        )
    }

    /// What a request does that brings some bytes, but not the last.
    func add(_ text: String, to upload: PartialUpload) async throws {
        try await writing(upload, text) { _ = try await store.note($1, of: $0, by: principal) }
    }

    /// What a request does that brings the last bytes.
    func finish(_ upload: PartialUpload, _ text: String) async throws -> Attachment {
        try await writing(upload, text) { try await store.finish($0, $1, by: principal) }
    }

    /// Gives `body` the upload as it was before the bytes, and the writer that has them.
    func writing<Value>(
        _ upload: PartialUpload,
        _ text: String,
        _ body: (PartialUpload, UploadWriter) async throws -> Value
    ) async throws -> Value {
        let id = upload.id
        let found = try await store.index.read(by: principal) { try $0.partialUpload(id, of: $1, now: .now()) }
        let turn = try store.turn(at: upload.id)
        defer { turn.end() }
        let writer = try #require(try await store.open(found ?? upload, turn, by: principal))
        try await writer.append(ByteBuffer(string: text))
        let value = try await body(found ?? upload, writer)
        await writer.end()
        return value
    }
}
