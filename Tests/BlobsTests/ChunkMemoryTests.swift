import Dispatch
import NIOCore
import NIOPosix
import Testing

@testable import Blobs

@Suite("The memory that spools share")
struct ChunkMemoryTests {
    @Test(
        "chunks are as large as is of use, smaller when many write, and never tiny",
        arguments: [(1, 262_144), (24, 262_144), (25, 131_072), (48, 131_072), (49, 65_536), (1_000, 65_536)]
    )
    func sizes(count: Int, bytes: Int) {
        let memory = ChunkMemory()
        let shares = (0..<count).map { _ in memory.share() }
        #expect(shares.allSatisfy { $0.chunkBytes == bytes })
    }

    /// What a spool would get beside 24 others that write, if no other does.
    private static func chunkBytes(_ test: TestStore) -> Int {
        let shares = (0..<24).map { _ in test.store.chunks.share() }
        return shares[0].chunkBytes
    }

    @Test("a spool has a share from 64 KiB on, and gives it back when it ends, is given up or is dropped")
    func givenBack() async throws {
        try await withStore { test in
            let small = try await test.store.makeSpool()
            try await small.append(ByteBuffer(bytes: pattern(65_535)))
            #expect(Self.chunkBytes(test) == 262_144)
            for end in ["finish", "discard", "drop"] {
                var spool: Spool? = try await test.store.makeSpool()
                try await spool?.append(ByteBuffer(bytes: pattern(600_000)))
                #expect(Self.chunkBytes(test) == 131_072)
                switch end {
                case "finish": await test.store.discard(try #require(await spool?.finish()))
                case "discard": await spool?.discard()
                default: spool = nil
                }
                // A write that is under way holds what was dropped.
                #expect(await eventually { Self.chunkBytes(test) == 262_144 }, "\(end)")
            }
            await small.discard()
        }
    }

    @Test("the bytes are the same whatever the chunks are, also when their size changes on the way")
    func content() async throws {
        try await withStore { test in
            let bytes = pattern(1_000_000)
            for count in [0, 40, 200] {
                var others = (0..<count).map { _ in test.store.chunks.share() }
                let spool = try await test.store.makeSpool()
                for start in stride(from: 0, to: bytes.count, by: 50_000) {
                    if start == 500_000 { others = count == 0 ? (0..<200).map { _ in test.store.chunks.share() } : [] }
                    try await spool.append(ByteBuffer(bytes: bytes[start..<start + 50_000]))
                }
                let blob = try await spool.finish()
                #expect(blob.sample.readableBytes == 65_536)
                let key = try await test.store.publish(blob)
                await test.store.discard(blob)
                #expect(try await test.bytes(key) == bytes)
                withExtendedLifetime(others) {}
            }
        }
    }

    @Test("back-pressure: beside many others a spool takes in 128 KiB while the disk is stuck")
    func backPressure() async throws {
        try await withStore(threads: 1) { test in
            let others = (0..<200).map { _ in test.store.chunks.share() }
            let stuck = DispatchSemaphore(value: 0)
            test.threads.submit { _ in stuck.wait() }
            let spool = try await test.store.makeSpool()
            let sending = Task { try await spool.append(ByteBuffer(bytes: pattern(1_048_576))) }
            #expect(await eventually { spool.byteCount >= 131_072 })
            for _ in 0..<1000 { await Task.yield() }
            #expect(spool.byteCount == 131_072)
            withExtendedLifetime(others) {}
            stuck.signal()
            try await sending.value
            await spool.discard()
        }
    }
}
