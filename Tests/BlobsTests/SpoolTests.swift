import Blobs
import Dispatch
import Glibc
import NIOCore
import NIOPosix
import Testing

@Suite struct SpoolTests {
    @Test(
        "digest and CRC-32 match published vectors",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0 as UInt32),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 0x3524_41c2),
            ("123456789", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", 0xcbf4_3926),
        ]
    )
    func vectors(text: String, digest: String, crc32: UInt32) async throws {
        try await withStore { test in
            let blob = try await test.spool(Array(text.utf8))
            #expect(blob.digest.hex == digest)
            #expect(blob.crc32 == crc32)
            #expect(blob.size == Int64(text.utf8.count))
        }
    }

    @Test("a million letters a, in every cut", arguments: [1_000, 4_097, 65_536, 262_144, 262_145, 1_000_000])
    func chunking(pieces: Int) async throws {
        try await withStore { test in
            let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
            let blob = try await test.spool(letters, pieces: pieces)
            #expect(blob.digest.hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
            #expect(blob.crc32 == 0xdc25_bfbc)
            let key = try await test.store.publish(blob)
            await test.store.discard(blob)
            #expect(try await test.bytes(key) == letters)
        }
    }

    @Test("the sample is the beginning, as long as asked for", arguments: BlobStoreContract.sizes)
    func sample(size: Int) async throws {
        try await withStore { test in
            #expect(Array(buffer: try await test.spool(pattern(size)).sample) == Array(pattern(size).prefix(65_536)))
            let spool = try await test.store.makeSpool(sampleBytes: 3)
            try await spool.append(ByteBuffer(bytes: pattern(size)))
            #expect(Array(buffer: try await spool.finish().sample) == Array(pattern(size).prefix(3)))
        }
    }

    @Test("back-pressure: with the disk stuck, a huge buffer is taken in by 512 KiB and no more")
    func backPressure() async throws {
        try await withStore(threads: 1) { test in
            let stuck = DispatchSemaphore(value: 0)
            test.threads.submit { _ in stuck.wait() }
            let spool = try await test.store.makeSpool()
            let sending = Task { try await spool.append(ByteBuffer(bytes: pattern(3 * 1_048_576))) }
            #expect(await eventually { spool.byteCount >= 524_288 })
            for _ in 0..<1000 { await Task.yield() }
            #expect(spool.byteCount == 524_288)
            stuck.signal()
            try await sending.value
            #expect(try await spool.finish().size == 3 * 1_048_576)
        }
    }

    // A sanitizer's own memory is in the peak.
    @Test(
        "a 64 MiB buffer in one piece costs less than 4 MiB beside itself",
        .enabled(if: getenv("TSAN_OPTIONS") == nil && getenv("ASAN_OPTIONS") == nil)
    )
    func memory() async {
        // In a process of its own, where the peak is not other tests'.
        await #expect(processExitsWith: .success) {
            try await withStore { test in
                let big = ByteBuffer(repeating: 7, count: 64 * 1_048_576)
                _ = try await test.publish(pattern(300_000))
                let before = try peakMemoryBytes()
                let spool = try await test.store.makeSpool()
                try await spool.append(big)
                #expect(try await spool.finish().size == 64 * 1_048_576)
                #expect(try peakMemoryBytes() - before < 4 * 1_048_576)
                await spool.discard()
            }
        }
    }

    @Test("bytes under 256 KiB touch no disk before publish, and none at all when they are discarded")
    func smallStaysInMemory() async throws {
        try await withStore { test in
            let blob = try await test.spool(pattern(262_143))
            #expect(test.names(in: "incoming").isEmpty)
            await test.store.discard(blob)
            await #expect(throws: BlobError.closed) { try await test.store.publish(blob) }
        }
    }

    @Test("discard at any time leaves incoming/ empty and may be repeated", arguments: BlobStoreContract.sizes)
    func discard(size: Int) async throws {
        try await withStore { test in
            let spool = try await test.store.makeSpool()
            try await spool.append(ByteBuffer(bytes: pattern(size)))
            await spool.discard()
            await spool.discard()
            let blob = try await test.spool(pattern(size))
            await test.store.discard(blob)
            await test.store.discard(blob)
            #expect(test.names(in: "incoming").isEmpty)
            #expect(test.openFiles(below: "/incoming/") == 0)
            await #expect(throws: BlobError.closed) { try await spool.append(ByteBuffer(string: "late")) }
            await #expect(throws: BlobError.closed) { try await spool.finish() }
        }
    }

    @Test("a spool dropped by a cancelled task closes and unlinks its file")
    func cancelled() async throws {
        try await withStore { test in
            let upload = Task {
                let spool = try await test.store.makeSpool()
                while true {
                    try Task.checkCancellation()
                    try await spool.append(ByteBuffer(repeating: 1, count: 65_536))
                }
            }
            #expect(await eventually { !test.names(in: "incoming").isEmpty })
            upload.cancel()
            await #expect(throws: CancellationError.self) { try await upload.value }
            #expect(await eventually { test.names(in: "incoming").isEmpty })
            #expect(await eventually { test.openFiles(below: "/incoming/") == 0 })
        }
    }

    @Test("a finished blob that nobody publishes or discards goes with its last reference")
    func dropped() async throws {
        try await withStore { test in
            _ = try await test.spool(pattern(300_000))
            #expect(await eventually { test.names(in: "incoming").isEmpty })
        }
    }

    @Test("discarding works in a cancelled task")
    func discardWhenCancelled() async throws {
        try await withStore { test in
            let blob = try await test.spool(pattern(300_000))
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await test.store.discard(blob)
            }
            await task.value
            #expect(test.names(in: "incoming").isEmpty)
        }
    }
}
