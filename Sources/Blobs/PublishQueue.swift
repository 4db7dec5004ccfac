import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Publishes small files, and shares two flushes among all that wait at the same time, as the index shares commits.
///
/// A few threads of the pool publish, and each takes all that wait when it has ended its last group. So four clients are
/// served as if each were alone, and of 32 some eight share a flush. The shared flush writes whatever is dirty on the
/// file system. While that is much, because others write beside us, and where it is not to be relied on, files are
/// published alone (`SharedFlush`).
final class PublishQueue: Sendable {
    /// Limits how many descriptors are open, and how long the first of a group waits for the last.
    private static let mostInGroup = 64
    /// How many threads publish: while they share flushes, and while each file is flushed alone. With one thread, all
    /// clients would wait for the same flush, and the processors with them.
    private static let (lanesShared, lanesAlone) = (4, 12)

    private struct State {
        var waiting = CircularBuffer<WaitingPublish>()
        /// How many threads publish, and how many may.
        var (lanes, mostLanes) = (0, PublishQueue.lanesShared)
    }

    private let threads: NIOThreadPool
    private let flush: SharedFlush
    private let state = Mutex(State())

    init(on threads: NIOThreadPool, flush: SharedFlush = .ofFileSystem) {
        self.threads = threads
        self.flush = flush
    }

    /// How many publishes are not yet in a group.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Takes steps 1 to 4 (see IncomingFile.swift), and shares the flushes with others.
    ///
    /// As `NIOThreadPool.run`, it ignores task cancellation.
    func publish(_ content: ByteBuffer, of file: IncomingFile, as key: BlobKey) async throws(BlobError) {
        let result: Result<Void, BlobError> = await withCheckedContinuation { continuation in
            let publish = WaitingPublish(file: file, content: content, key: key, continuation: continuation)
            state.withLock { $0.waiting.append(publish) }
            openLane()
        }
        try result.get()
    }

    /// Sets a thread to work if something waits and too few of them do.
    private func openLane() {
        let isNeeded = state.withLock { state in
            guard state.lanes < state.mostLanes, !state.waiting.isEmpty else { return false }
            state.lanes += 1
            return true
        }
        guard isNeeded else { return }
        threads.submit { state in
            while let group = self.nextGroup() {
                guard case .active = state else {
                    for publish in group { publish.end(.failure(.closed)) }
                    continue
                }
                if group.count > 1 { group.publishTogether(self.flush) } else { group[0].publishAlone() }
            }
        }
    }

    /// Closes the lane and returns nil when nothing waits.
    private func nextGroup() -> [WaitingPublish]? {
        // Of one alone nothing need be asked.
        let directory = state.withLock { $0.waiting.count > 1 ? $0.waiting.first?.file.directory : nil }
        let isShared = directory.map(flush.isCheap)
        let group = state.withLock { state -> [WaitingPublish] in
            if let isShared { state.mostLanes = isShared ? Self.lanesShared : Self.lanesAlone }
            let group = Array(state.waiting.prefix(isShared == true ? Self.mostInGroup : 1))
            state.waiting.removeFirst(group.count)
            if group.isEmpty { state.lanes -= 1 }
            return group
        }
        openLane()
        return group.isEmpty ? nil : group
    }
}

/// A file whose caller waits until it is published.
private struct WaitingPublish: Sendable {
    let file: IncomingFile
    let content: ByteBuffer
    let key: BlobKey
    let continuation: CheckedContinuation<Result<Void, BlobError>, Never>

    func end(_ result: Result<Void, BlobError>) {
        continuation.resume(returning: result)
    }

    func publishAlone() {
        end(Result { () throws(BlobError) in try file.publish(content, as: key) })
    }
}

extension [WaitingPublish] {
    /// Takes each step for all before the next one. A file that cannot take its step fails alone; a failed flush fails
    /// all that it was for. Nobody is resumed before both flushes.
    fileprivate func publishTogether(_ flush: SharedFlush) {
        // Linux tells each open descriptor once what could not be written since it was opened. With a descriptor of its own
        // no group loses that to another one.
        let root = self[0].file.directory.root.raw
        guard let watch = try? Descriptor(".", in: root, O_RDONLY | O_DIRECTORY) else {
            for publish in self { publish.publishAlone() }
            return
        }
        let written = step { (publish) throws(BlobError) in try publish.file.write(publish.content, for: publish.key) }
        let flushed = Result { () throws(BlobError) in try flush.run(watch) }
        let linked = written.step { (publish) throws(BlobError) in
            try publish.file.flush(flushed)
            try publish.file.link(as: publish.key)
        }
        guard !linked.isEmpty else { return }
        let named = Result { () throws(BlobError) in try flush.run(watch) }
        let published = linked.step { (publish) throws(BlobError) in
            try publish.file.flushName(of: publish.key, named)
        }
        for publish in published { publish.end(.success(())) }
    }

    /// Ends those for which `take` throws, and returns the others.
    private func step(_ take: (WaitingPublish) throws(BlobError) -> Void) -> [WaitingPublish] {
        filter { publish in
            do throws(BlobError) {
                try take(publish)
                return true
            } catch {
                publish.end(.failure(error))
                return false
            }
        }
    }
}
