import Blobs
import BlobsSupport
import NIOCore
import Testing

/// What every blob store must do, whatever it stands on. Nothing here looks at the disk.
@Suite(.onEachEngine) struct BlobStoreContract {
    static let sizes = [0, 1, 262_143, 262_144, 262_145, 3 * 1_048_576]

    @Test("invariant 1: what was published is read back whole", arguments: sizes)
    func roundTrip(size: Int) async throws {
        try await withStore { test in
            let key = try await test.publish(pattern(size))
            #expect(try await test.bytes(key) == pattern(size))
            #expect(try await test.blobs.size(of: key) == Int64(size))
        }
    }

    @Test(
        "a range is read exactly, and clamped to the blob",
        arguments: [(0, 10), (5, 5), (99_990, 100_000), (65_535, 65_537), (99_999, 200_000), (150_000, 160_000)]
    )
    func ranges(lower: Int, upper: Int) async throws {
        try await withStore { test in
            let bytes = pattern(100_000)
            let reader = try await test.open(try await test.publish(bytes))
            let wanted = bytes[min(lower, bytes.count)..<min(upper, bytes.count)]
            #expect(Array(buffer: try await reader.read(Int64(lower)..<Int64(upper))) == Array(wanted))
            let region = reader.fileRegion(Int64(lower)..<Int64(upper))
            #expect(region?.readableBytes == wanted.count)
        }
    }

    @Test("an open blob stays readable when its key is removed; a new open does not find it")
    func removeWhileOpen() async throws {
        try await withStore { test in
            let key = try await test.publish(pattern(1000))
            let reader = try await test.open(key)
            try await test.remove(key)
            #expect(Array(buffer: try await reader.read(0..<1000)) == pattern(1000))
            await #expect(throws: BlobError.notFound(key)) { try await test.open(key) }
            #expect(try await test.blobs.size(of: key) == nil)
        }
    }

    @Test("invariant 3: a key is published at most once; the same spool gives a fresh key each time", arguments: sizes)
    func publishAgain(size: Int) async throws {
        try await withStore { test in
            let blob = try await test.spool(pattern(size))
            let first = try await test.blobs.publish(blob, under: .none)
            let second = try await test.blobs.publish(blob, under: .none)
            try await test.remove(first)
            let third = try await test.blobs.publish(blob, under: .none)
            await test.store.discard(blob)
            #expect(Set([first, second, third]).count == 3)
            #expect(first.digest == third.digest)
            #expect(try await test.bytes(second) == pattern(size))
            #expect(try await test.bytes(third) == pattern(size))
        }
    }

    @Test("invariant 3: a late remove of an old key never touches a newer key of the same bytes")
    func lateRemove() async throws {
        try await withStore { test in
            let old = try await test.publish(pattern(10))
            try await test.remove(old)
            let new = try await test.publish(pattern(10))
            try await test.remove(old)
            try await test.remove(old)
            #expect(try await test.bytes(new) == pattern(10))
        }
    }

    @Test("removing bytes that never existed is fine")
    func removeAbsent() async throws {
        try await withStore { test in
            let zeros = String(repeating: "0", count: 62)
            let key = try #require(BlobKey("sha256/ab/\(zeros).\(zeros.prefix(32))"))
            try await test.remove(key)
            await #expect(throws: BlobError.notFound(key)) { try await test.open(key) }
        }
    }

    @Test("invariant 3: concurrent publishes of the same bytes give different keys, all readable")
    func concurrentPublishes() async throws {
        try await withStore { test in
            let keys = try await withThrowingTaskGroup(of: BlobKey.self) { group in
                for _ in 0..<32 { group.addTask { try await test.publish(pattern(5000)) } }
                return try await group.reduce(into: Set<BlobKey>()) { $0.insert($1) }
            }
            #expect(keys.count == 32)
            for key in keys { #expect(try await test.bytes(key) == pattern(5000)) }
        }
    }

    @Test("list gives every key once, in order, page by page", arguments: [1, 7, 40, 1000])
    func list(limit: Int) async throws {
        try await withStore { test in
            var published: [BlobKey] = []
            for number in 0..<20 {
                published.append(try await test.publish(Array("blob \(number)".utf8)))
                published.append(try await test.publish(Array("blob \(number)".utf8)))
            }
            var listed: [BlobKey] = []
            while listed.count < 100 {
                let page = try await test.blobs.list(after: listed.last, limit: limit)
                #expect(page.count <= limit)
                if page.isEmpty { break }
                listed += page
            }
            #expect(listed == published.sorted())
            #expect(listed.map(\.description) == published.map(\.description).sorted())
        }
    }
}
