import Blobs
import Foundation
import Index
import Lines
import Testing

import struct Index.Attachment

@testable import Store

@Suite("Indexes of lines in the store")
struct LineIndexesTests {
    private static func index(of bytes: [UInt8]) -> LineIndex {
        var count = LineCount(size: bytes.count, coding: .bytes)
        bytes.withUnsafeBytes { count.add($0) }
        return count.index
    }

    @Test("An index is kept for its bytes and its coding; a damaged one, or that of other bytes, is none")
    func kept() async throws {
        try await withStore { test in
            let (bytes, other) = (Array("a\nb\n".utf8), Array("a\n\n\n".utf8))
            let index = Self.index(of: bytes)
            let key = try await test.blobKey(of: try await test.add(bytes))
            let otherKey = try await test.blobKey(of: try await test.add(other))
            await test.store.keep(index, of: key)
            #expect(try await test.store.lineIndex(of: key, size: 4, coding: .bytes) == index)
            #expect(try await test.store.lineIndex(of: key, size: 4, coding: .utf16le) == nil)
            let (kept, foreign) = (test.derived(key), test.derived(otherKey))
            try FileManager.default.copyItem(atPath: kept, toPath: foreign)
            #expect(try await test.store.lineIndex(of: otherKey, size: 4, coding: .bytes) == nil)
            try test.replace(kept, with: Data([1, 2, 3]))
            #expect(try await test.store.lineIndex(of: key, size: 4, coding: .bytes) == nil)
        }
    }

    @Test("A check removes those that are damaged, of other bytes or without bytes; they are no faults")
    func checked() async throws {
        try await withStore { test in
            let bytes = (1...4).map { [UInt8](repeating: $0, count: 4) }
            var keys: [BlobKey] = []
            for bytes in bytes { keys.append(try await test.blobKey(of: try await test.add(bytes))) }
            for (key, bytes) in zip(keys, bytes) { await test.store.keep(Self.index(of: bytes), of: key) }
            let whole = try #require(FileManager.default.contents(atPath: test.derived(keys[0])))
            try test.replace(test.derived(keys[1]), with: whole.dropLast())
            try test.replace(test.derived(keys[2]), with: whole)
            let gone = try #require(
                BlobKey(keys[3].description.replacing(/\.[0-9a-f]{32}$/, with: "." + String(repeating: "a", count: 32)))
            )
            try FileManager.default.moveItem(atPath: test.derived(keys[3]), toPath: test.derived(gone))
            let report = try await test.store.check(after: nil, for: .seconds(60), repairs: false)
            #expect(report.faults == [] && report.count == 4)
            #expect(test.files(below: "derived") == [test.derived(keys[0])])
            // Nobody counts them as files of the store.
            #expect(try await test.census().blobFiles == 4)
        }
    }
}

extension TestStore {
    fileprivate func blobKey(of attachment: Attachment) async throws -> BlobKey {
        let blob = try await store.index.read { try $0.blob(sha256: attachment.sha256) }
        return try #require(blob.flatMap { BlobKey($0.key) })
    }

    fileprivate func derived(_ key: BlobKey) -> String {
        "\(root)/derived/" + key.description.dropFirst("sha256/".count).replacing("/", with: "")
    }

    fileprivate func replace(_ path: String, with bytes: Data) throws {
        try FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(fileURLWithPath: path))
    }
}
