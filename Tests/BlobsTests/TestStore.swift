import Blobs
import BlobsSupport
import Foundation
import NIOCore
import NIOPosix
import Testing

/// A store in a folder of its own, with its own threads; both are gone when `body` returns.
func withStore(
    at parent: String = NSTemporaryDirectory(),
    threads threadCount: Int = 4,
    _ body: (TestStore) async throws -> Void
) async throws {
    let threads = NIOThreadPool(numberOfThreads: threadCount)
    threads.start()
    let root = parent + "/blobs-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: root) }
    let store = try DiskBlobStore(root: root, threads: threads)
    var blobs = BlobStore.disk(store)
    if Engine.current == .bucket {
        let bucket = try S3BlobStore(try Engine.bucket(), in: store)
        try await bucket.bucket.own(as: store.storeID)
        blobs = .bucket(bucket)
    }
    try await body(TestStore(store: store, blobs: blobs, root: root, threads: threads))
    if case .bucket(let bucket) = blobs { bucket.close() }
    store.close()
    try await threads.shutdownGracefully()
}

struct TestStore {
    let store: DiskBlobStore
    /// That, or a bucket beside it.
    let blobs: BlobStore
    let root: String
    let threads: NIOThreadPool

    /// Spools `bytes` in pieces of the given size.
    func spool(_ bytes: [UInt8], pieces: Int = 65_536) async throws -> SpooledBlob {
        let spool = try await store.makeSpool()
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try await spool.append(ByteBuffer(bytes: bytes[start..<min(start + pieces, bytes.count)]))
        }
        return try await spool.finish()
    }

    /// Spools, publishes and drops the spool.
    func publish(_ bytes: [UInt8]) async throws -> BlobKey {
        let blob = try await spool(bytes)
        let key = try await blobs.publish(blob, under: .none)
        await store.discard(blob)
        return key
    }

    /// Opens what is no longer than the bytes that the tests store.
    func open(_ key: BlobKey) async throws -> BlobReader {
        try await blobs.open(key, size: try await blobs.size(of: key) ?? 0)
    }

    func remove(_ key: BlobKey) async throws { _ = try await blobs.remove([key]) }

    /// All bytes under a key.
    func bytes(_ key: BlobKey) async throws -> [UInt8] {
        let reader = try await open(key)
        return Array(buffer: try await reader.read(0..<reader.size))
    }

    /// Stops the store and opens the folder again, as the next process would.
    func reopened() async throws -> TestStore {
        store.close()
        // A thread that has done its work may still have to let go of the folder.
        for _ in 0..<1000 {
            do {
                return try opened()
            } catch let error as BlobError where error == .locked(pid: getpid()) {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        return try opened()
    }

    private func opened() throws -> TestStore {
        let store = try DiskBlobStore(root: root, threads: threads)
        return TestStore(store: store, blobs: .disk(store), root: root, threads: threads)
    }

    func names(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)
        return (names ?? ["no such folder"]).sorted()
    }

    func path(of key: BlobKey) -> String { "\(root)/blobs/\(key)" }

    func exists(_ key: BlobKey) -> Bool { FileManager.default.fileExists(atPath: path(of: key)) }

    /// How many descriptors of this process point into the folder; other tests run beside and are not counted.
    func openFiles(below folder: String = "") -> Int {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return numbers.filter { number in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            return target?.contains((root as NSString).lastPathComponent + folder) ?? false
        }.count
    }
}

/// Bytes that are not all alike and the same in every run: a block of prime length, over and over.
func pattern(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count { bytes += patternBlock.prefix(count - bytes.count) }
    return bytes
}

private let patternBlock: [UInt8] = {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    return (0..<65_521).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}()

/// Lets other tasks run until something they do has happened; false after very many turns.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<2_000_000 {
        if condition() { return true }
        await Task.yield()
    }
    return false
}

extension PublishLease {
    /// Nobody collects beside the test.
    static let none = PublishLease { _ in
    } renew: { _, _ in
    }
}
