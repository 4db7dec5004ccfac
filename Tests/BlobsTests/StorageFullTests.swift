import Blobs
import NIOCore
import Testing

@Suite(.enabled(if: TinyDisk.isPermitted, "mounting a tmpfs is not permitted here"))
struct StorageFullTests {
    @Test("a full disk is reported as such, leaves nothing behind, and small blobs still fit")
    func full() async throws {
        let disk = try TinyDisk.mount(bytes: 1_048_576)
        defer { TinyDisk.unmount(disk) }
        try await withStore(at: disk) { test in
            let free = try await test.store.freeBytes()
            let spool = try await test.store.makeSpool()
            await #expect(throws: BlobError.storageFull) {
                try await spool.append(ByteBuffer(repeating: 1, count: 3 * 1_048_576))
                _ = try await spool.finish()
            }
            #expect(test.names(in: "incoming").isEmpty)
            await #expect(throws: BlobError.storageFull) {
                try await spool.append(ByteBuffer(repeating: 1, count: 300_000))
            }
            await spool.discard()
            #expect(try await test.store.freeBytes() == free)
            #expect(test.openFiles(below: "/incoming/") == 0)
            let key = try await test.publish([1, 2, 3])
            #expect(try await test.bytes(key) == [1, 2, 3])
        }
    }

    @Test("a small blob meets the full disk in publish, and leaves nothing either")
    func fullAtPublish() async throws {
        let disk = try TinyDisk.mount(bytes: 131_072)
        defer { TinyDisk.unmount(disk) }
        try await withStore(at: disk) { test in
            let blob = try await test.spool(pattern(200_000))
            await #expect(throws: BlobError.storageFull) { try await test.store.publish(blob) }
            await #expect(throws: BlobError.storageFull) { try await test.store.publish(blob) }
            #expect(test.names(in: "incoming").isEmpty)
            #expect(try await test.store.list(after: nil, limit: 1) == [])
            await test.store.discard(blob)
        }
    }
}
