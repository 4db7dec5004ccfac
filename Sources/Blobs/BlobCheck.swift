import Glibc
import Synchronization

extension DiskBlobStore {
    /// Reads published bytes to their end, and returns what their digest is today.
    ///
    /// What was read leaves the page cache, so that reading the whole store does not displace what others read.
    ///
    /// - Parameter rest: called between two steps of 4 MiB, with the time that the last one took. No thread is kept
    ///   meanwhile.
    /// - Throws: ``BlobError/notFound(_:)``; ``BlobError/io(operation:errno:)`` when the disk cannot read them;
    ///   `CancellationError` once the task is cancelled; what `rest` throws.
    package func digest(
        of key: BlobKey,
        rest: @Sendable (Duration) async throws -> Void = { _ in }
    ) async throws -> BlobDigest {
        let reading = SteppedReading()
        while true {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            let digest = try await run { (directory) throws(BlobError) in try reading.goOn(with: key, in: directory) }
            if let digest { return digest }
            try await rest(ContinuousClock.now - start)
        }
    }

    /// Moves published bytes to `quarantine/`, durably, where nothing serves them. It is fine if there are none.
    package func quarantine(_ key: BlobKey) async throws(BlobError) {
        try await run { (directory) throws(BlobError) in try directory.quarantine(key) }
    }

    /// Whether `incoming/` names the key: its row may be about to be committed (invariant 7).
    package func isUnderWay(_ key: BlobKey) async throws(BlobError) -> Bool {
        try await run { (directory) throws(BlobError) in
            try Descriptor.names(in: directory.incoming.raw, ".").contains { IncomingName($0)?.key == key }
        }
    }
}

/// A file that is read step by step, each on a thread of the pool.
private final class SteppedReading: Sendable {
    private static let piecesPerStep = 16
    private let reader = Mutex<HashingReader?>(nil)

    /// Reads some MiB more. Nil before the end.
    func goOn(with key: BlobKey, in directory: StoreDirectory) throws(BlobError) -> BlobDigest? {
        try reader.withLock { (reader) throws(BlobError) in
            if reader == nil { reader = try Self.open(key, in: directory) }
            guard let reader else { return nil }
            for _ in 0..<Self.piecesPerStep {
                if try reader.next() == nil { return reader.digest() }
            }
            return nil
        }
    }

    private static func open(_ key: BlobKey, in directory: StoreDirectory) throws(BlobError) -> HashingReader {
        do throws(BlobError) {
            return try HashingReader(key.description, in: directory.blobs.raw)
        } catch .io(_, ENOENT) {
            throw .notFound(key)
        }
    }
}
