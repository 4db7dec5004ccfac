import Dispatch
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Blobs

/// Small files that wait at the same time are published together. The flushes are counted in place of syncfs.
@Suite struct PublishQueueTests {
    @Test("invariant 1: 32 publishes that wait together take two flushes, and each has its bytes and its name")
    func twoFlushes() async throws {
        try await withQueue { test in
            let outcomes = try await test.publishTogether(32)
            #expect(outcomes.allSatisfy { $0.error == nil })
            #expect(test.flushes == 2)
            for outcome in outcomes { #expect(try test.bytes(outcome.key) == outcome.bytes) }
            #expect(try test.names("incoming").count == 32)
        }
    }

    @Test("invariant 1: at the first flush all are written and none has its name; at the second all have it")
    func order() async throws {
        let seen = Mutex<[[Int]]>([])
        try await withQueue { test in
            test.onFlush { _ in
                let counts = [try? test.names("incoming").count, try? test.published()].compactMap(\.self)
                seen.withLock { $0.append(counts) }
            }
            _ = try await test.publishTogether(5)
        }
        #expect(seen.withLock { $0 } == [[5, 0], [5, 5]])
    }

    @Test("a failed flush of the bytes fails all of its group, for good, and leaves nothing")
    func firstFlushFails() async throws {
        try await withQueue { test in
            test.onFlush { (number) throws(BlobError) in
                if number == 1 { throw .io(operation: "syncfs", errno: EIO) }
            }
            let outcomes = try await test.publishTogether(8)
            #expect(outcomes.allSatisfy { $0.error == .io(operation: "syncfs", errno: EIO) })
            #expect(test.flushes == 1)
            #expect(try test.names("incoming") == [] && test.published() == 0)
            // There is no second try: the kernel may have dropped the pages.
            #expect(throws: BlobError.io(operation: "syncfs", errno: EIO)) { try outcomes[0].file.flush() }
        }
    }

    @Test("invariant 7: a failed flush of the names fails all, and takes back the links but not what names them")
    func secondFlushFails() async throws {
        try await withQueue { test in
            test.onFlush { (number) throws(BlobError) in if number == 2 { throw .storageFull } }
            let outcomes = try await test.publishTogether(8)
            #expect(outcomes.allSatisfy { $0.error == .storageFull })
            #expect(try test.names("incoming").count == 8 && test.published() == 0)
            for outcome in outcomes { outcome.file.discard() }
            #expect(try test.names("incoming") == [])
        }
    }

    @Test("invariant 3: a file whose key is taken fails alone, and the others of its group are published")
    func oneFails() async throws {
        try await withQueue { test in
            let taken = BlobKey.fresh(for: test.digest(of: Array("file 0".utf8)))
            try Data().write(to: URL(fileURLWithPath: "\(test.root)/blobs/\(taken)"))
            let outcomes = try await test.publishTogether(4, firstKey: taken)
            #expect(outcomes.map(\.error) == [.keyTaken(taken), nil, nil, nil])
            #expect(try test.bytes(taken) == [])
            #expect(try test.published() == 4)
        }
    }

    @Test("where the shared flush is not cheap, each is flushed alone")
    func alone() async throws {
        try await withQueue(isCheap: false, threads: 4) { test in
            let outcomes = try await test.publishTogether(32)
            #expect(outcomes.allSatisfy { $0.error == nil } && test.flushes == 0)
            #expect(try test.published() == 32)
        }
    }

    @Test("the end of the thread pool refuses those that wait, and leaves nothing of them")
    func ended() async throws {
        try await withQueue { test in
            let waiting = Task { try await test.publishTogether(6, isHeld: true) }
            while test.queue.waitingCount < 6 { await Task.yield() }
            async let end: Void = test.threads.shutdownGracefully()
            // The threads are still held: the pool's end alone resumes them.
            #expect(try await waiting.value.allSatisfy { $0.error == .closed })
            test.letGo()
            try await end
            #expect(try test.names("incoming") == [] && test.published() == 0)
        }
    }

    @Test("/proc/meminfo is understood, and an unknown file system is never flushed as a whole")
    func system() throws {
        let proc = try Descriptor("/proc", in: AT_FDCWD, O_RDONLY | O_DIRECTORY)
        #expect(!SharedFlush.isReliable(in: proc.raw))
        #expect(try #require(SharedFlush.unwrittenKiB()) >= 0)
    }
}

/// A queue on a store of its own, whose threads are held until all publishes of a test wait.
private final class TestQueue: Sendable {
    struct Outcome {
        let file: IncomingFile
        let key: BlobKey
        let bytes: [UInt8]
        let error: BlobError?
    }

    typealias OnFlush = @Sendable (_ number: Int) throws(BlobError) -> Void

    let root = NSTemporaryDirectory() + "/queue-" + UUID().uuidString
    let threads: NIOThreadPool
    let queue: PublishQueue
    private let directory: StoreDirectory
    private let threadCount: Int
    private let held = DispatchSemaphore(value: 0)
    private let state: Flushes

    /// What counts the flushes, and may fail them.
    private final class Flushes: Sendable {
        let count = Mutex(0)
        let onFlush = Mutex<OnFlush>({ _ in })
    }

    init(isCheap: Bool, threads threadCount: Int) throws {
        directory = try StoreDirectory(path: root)
        threads = NIOThreadPool(numberOfThreads: threadCount)
        threads.start()
        let flushes = Flushes()
        let flush = SharedFlush(
            isCheap: { _ in isCheap },
            run: { (_: borrowing Descriptor) throws(BlobError) in
                let number = flushes.count.withLock { count in
                    count += 1
                    return count
                }
                try flushes.onFlush.withLock { $0 }(number)
            }
        )
        queue = PublishQueue(on: threads, flush: flush)
        (self.threadCount, state) = (threadCount, flushes)
    }

    var flushes: Int { state.count.withLock { $0 } }

    func onFlush(_ body: @escaping OnFlush) { state.onFlush.withLock { $0 = body } }

    func letGo() { for _ in 0..<threadCount { held.signal() } }

    /// Publishes so many files that all wait before the first of them is written.
    func publishTogether(_ count: Int, firstKey: BlobKey? = nil, isHeld: Bool = false) async throws -> [Outcome] {
        for _ in 0..<threadCount {
            // A pool that ends first runs this itself, and nobody would let it go.
            threads.submit { [held] state in if case .active = state { held.wait() } }
        }
        return try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            for number in 0..<count {
                group.addTask { [self] in
                    (number, try await publish(Array("file \(number)".utf8), as: number == 0 ? firstKey : nil))
                }
            }
            if !isHeld {
                while queue.waitingCount < count { await Task.yield() }
                letGo()
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func publish(_ bytes: [UInt8], as key: BlobKey?) async throws -> Outcome {
        let (file, key) = (IncomingFile(in: directory), key ?? .fresh(for: digest(of: bytes)))
        do throws(BlobError) {
            try await queue.publish(ByteBuffer(bytes: bytes), of: file, as: key)
            return Outcome(file: file, key: key, bytes: bytes, error: nil)
        } catch {
            return Outcome(file: file, key: key, bytes: bytes, error: error)
        }
    }

    func digest(of bytes: [UInt8]) -> BlobDigest {
        var fingerprint = Fingerprint()
        fingerprint.update(ByteBuffer(bytes: bytes))
        return fingerprint.digest()
    }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
    }

    /// How many files are below `blobs/`.
    func published() throws -> Int { try directory.keys(after: nil, limit: 1000).count }

    func bytes(_ key: BlobKey) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(root)/blobs/\(key)")))
    }
}

private func withQueue(
    isCheap: Bool = true,
    threads: Int = 1,
    _ body: (TestQueue) async throws -> Void
) async throws {
    let test = try TestQueue(isCheap: isCheap, threads: threads)
    defer { try? FileManager.default.removeItem(atPath: test.root) }
    try await body(test)
    try await test.threads.shutdownGracefully()
}
