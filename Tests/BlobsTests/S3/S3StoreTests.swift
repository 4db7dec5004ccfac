import BlobsSupport
import Foundation
import NIOCore
import Testing

@testable import Blobs

/// The client against a real object store.
@Suite("A bucket of a real object store")
struct S3StoreTests {
    @Test("what is stored is there at once, whole and by ranges, and gone when it is removed")
    func objects() async throws {
        try await withBucket(Engine.bucket().location) { bucket in
            let bytes = sample(1_000_000)
            try await bucket.put("a/b", bytes)
            #expect(try await bucket.size(of: "a/b") == 1_000_000)
            #expect(try await bucket.all(of: "a/b") == bytes)
            for range in [0..<1, 999_999..<1_000_000, 65_535..<65_537, 300_000..<900_000] as [Range<Int64>] {
                let read = try await bucket.bytes(of: "a/b", range: range)
                #expect(Array(buffer: read) == Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
            await #expect(throws: S3Error.self) { try await bucket.bytes(of: "a/b", range: 999_999..<1_000_001) }
            try await bucket.remove("a/b")
            try await bucket.remove("a/b")
            #expect(try await bucket.size(of: "a/b") == nil)
            let error = await #expect(throws: S3Error.self) { try await bucket.bytes(of: "a/b", range: 0..<1) }
            #expect(error?.isAbsence == true)
        }
    }

    @Test("of stores that take a new bucket at the same moment at most one has it, and all others hear of another")
    func claims() async throws {
        try await withStore { test in
            let ids = (0..<4).map { "\($0)" + String(repeating: "a", count: 31) }
            for _ in 0..<8 {
                let store = try S3BlobStore(try Engine.bucket(), in: test.store)
                defer { store.close() }
                let others = try await withThrowingTaskGroup(of: (String, String?).self) { group in
                    for id in ids { group.addTask { (id, try await store.bucket.claim(for: id)) } }
                    return try await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
                }
                let owners = ids.filter { others[$0] == .some(nil) }
                #expect(owners.count <= 1)
                #expect(try await store.bucket.owner() == owners.first)
                #expect(try await store.bucket.list().map(\.key) == owners.map { _ in "placet-store" })
                // When all have given up, the next to try has it.
                #expect(try await store.bucket.claim(for: ids[0]) == (owners.first == ids[0] ? nil : owners.first))
            }
        }
    }

    @Test("a claim that somebody has left behind is told by its id")
    func leftClaim() async throws {
        try await withStore { test in
            let store = try S3BlobStore(try Engine.bucket(), in: test.store)
            defer { store.close() }
            try await store.bucket.put("placet-store.claim-b.1", [])
            #expect(try await store.bucket.claim(for: "a") == "b")
            #expect(try await store.bucket.owner() == nil)
            try await store.bucket.remove("placet-store.claim-b.1")
            #expect(try await store.bucket.claim(for: String(repeating: "a", count: 32)) == nil)
        }
    }

    @Test("a part of a file is sent, whatever the position of its descriptor; nothing at all is an object too")
    func files() async throws {
        try await withBucket(Engine.bucket().location) { bucket in
            let bytes = sample(700_000)
            try await withFile(bytes) { path in
                let file = try S3File(path: path)
                try await bucket.put("a", .file(file, 100..<600_000))
                try await bucket.put("none", .file(file, 5..<5))
            }
            #expect(try await bucket.all(of: "a") == Array(bytes[100..<600_000]))
            #expect(try await bucket.size(of: "none") == 0)
            try await bucket.put("keys with blanks + ü~", [1, 2])
            #expect(try await bucket.all(of: "keys with blanks + ü~") == [1, 2])
            let keys = try await bucket.list().map(\.key)
            #expect(keys == ["a", "keys with blanks + ü~", "none"])
        }
    }

    @Test("bytes that are not those that were announced are refused, and nothing is stored")
    func wrongBytes() async throws {
        try await withBucket(Engine.bucket().location) { bucket in
            let other = String(repeating: "0", count: 64)
            let bytes = sample(300_000)
            let error = await #expect(throws: S3Error.self) { try await bucket.put("a", bytes, sha256: other) }
            #expect(error?.isTransient == false)
            #expect(try await bucket.size(of: "a") == nil)
            try await withFile(bytes) { path in
                let short = S3Source.file(try S3File(path: path), 0..<300_001)
                await #expect(throws: S3Error.unreadable(.io(operation: "read past the end", errno: EIO))) {
                    try await bucket.put("a", short, sha256: other)
                }
            }
            #expect(try await bucket.size(of: "a") == nil)
        }
    }

    @Test("an object in parts is what they are in their order, and may be completed twice")
    func parts() async throws {
        try await withBucket(Engine.bucket().location) { bucket in
            let bytes = sample(11 << 20)
            let upload = try await bucket.beginUpload("a")
            var parts: [S3Bucket.Part] = []
            try await withFile(bytes) { path in
                let file = try S3File(path: path)
                for (number, start) in stride(from: 0, to: Int64(bytes.count), by: 5 << 20).enumerated() {
                    let range = start..<min(start + 5 << 20, Int64(bytes.count))
                    parts.append(try await bucket.put(part: number + 1, of: upload, "a", .file(file, range)))
                }
            }
            #expect(parts.map(\.number) == [1, 2, 3])
            #expect(try await bucket.size(of: "a") == nil)
            try await bucket.complete(upload, "a", parts, size: Int64(bytes.count))
            try await bucket.complete(upload, "a", parts, size: Int64(bytes.count))
            #expect(try await bucket.all(of: "a") == bytes)
            let middle = try await bucket.bytes(of: "a", range: 5_000_000..<6_000_000)
            #expect(Array(buffer: middle) == Array(bytes[5_000_000..<6_000_000]))
        }
    }

    @Test("an upload that is given up, or has another part than was sent, makes no object")
    func noObject() async throws {
        try await withBucket(Engine.bucket().location) { bucket in
            let upload = try await bucket.beginUpload("a")
            let part = try await bucket.put(part: 1, of: upload, "a", .bytes(ByteBuffer(string: "a")))
            let wrong = S3Bucket.Part(number: 1, tag: "\"\(String(repeating: "0", count: 32))\"")
            let error = await #expect(throws: S3Error.self) { try await bucket.complete(upload, "a", [wrong], size: 1) }
            #expect(error?.isTransient == false)
            try await bucket.abort(upload, "a")
            try await bucket.abort(upload, "a")
            await #expect(throws: S3Error.self) { try await bucket.complete(upload, "a", [part], size: 1) }
            #expect(try await bucket.size(of: "a") == nil)
        }
    }

    @Test("a listing goes on after a key, and has nothing of other prefixes")
    func listing() async throws {
        let location = try Engine.bucket().location
        try await withBucket(location) { bucket in
            for key in ["b", "a/1", "a/2", "c<&>"] { try await bucket.put(key, [1]) }
            let first = try await bucket.list(limit: 2)
            #expect(first == ["a/1", "a/2"].map { S3Bucket.Object(key: $0, size: 1) })
            let second = try await bucket.list(after: "a/2", limit: 2)
            #expect(second.map(\.key) == ["b", "c<&>"])
            let third = try await bucket.list(after: "c<&>")
            #expect(third == [])
        }
        try await withBucket(Engine.bucket().location) { bucket in
            let none = try await bucket.list()
            #expect(none == [])
        }
    }

    @Test("a link works in any client, for its time and its object alone, and the answer is what it says")
    func links() async throws {
        let location = try Engine.bucket().location
        let words = [
            ("response-content-disposition", "attachment; filename=\"ä b.txt\""), ("response-content-type", "text/x"),
        ]
        try await withBucket(location) { bucket in
            try await bucket.put("a b", Array("hello".utf8))
            let link = bucket.presignedURL(for: "a b", seconds: 60, overrides: words)
            let answer = try curl(link)
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.hasSuffix("hello"))
            #expect(answer.lowercased().contains("content-type: text/x"))
            #expect(answer.contains("attachment; filename=\"ä b.txt\""))
            #expect(try curl("-r", "1-2", link).hasSuffix("el"))
            #expect(try curl("-I", link).hasPrefix("HTTP/1.1 403"))
            for (part, other) in [("a%20b", "a%20c"), ("text%2Fx", "text%2Fhtml"), ("Expires=60", "Expires=61")] {
                #expect(link.contains(part))
                #expect(try curl(link.replacing(part, with: other)).hasPrefix("HTTP/1.1 403"))
            }
        }
        var settings = S3Settings()
        settings.now = { Int64(time(nil)) - 100 }
        try await withBucket(location, settings: settings) { bucket in
            let answer = try curl(bucket.presignedURL(for: "a b", seconds: 60))
            #expect(answer.hasPrefix("HTTP/1.1 403"))
        }
    }
}

/// What curl is answered, head and body.
private func curl(_ arguments: String...) throws -> String {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/curl")
    process.arguments = ["-s", "-i", "--max-time", "20"] + arguments
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
}
