import NIOCore
import NIOPosix
import Synchronization

/// Receives bytes of unknown length and content; used by one task.
///
/// Bytes are collected into chunks of 256 KiB, or smaller ones when many spools write (``ChunkMemory``). A full chunk
/// is hashed on one thread of the pool and written on another while the next one fills; when that one is full too,
/// `append` waits. So a spool holds at most two chunks, whatever it is handed, and a slow disk slows the sender down.
/// Nothing is written before the first chunk is full: fewer bytes wait in memory.
///
/// A spool that is dropped, for example by a cancelled request, closes and unlinks its file.
package final class Spool: Sendable {
    private struct State {
        var pending = ByteBuffer()
        /// How large `pending` becomes.
        var chunkBytes = ChunkMemory.least
        /// Nil for as long as the least is enough.
        var share: ChunkMemory.Share?
        var sample = ByteBuffer()
        var byteCount: Int64 = 0
        /// The write in progress, or the last one. Its value says how it failed.
        var write: Task<BlobError?, Never>?
        var isFinished = false
    }

    /// Hashing this little takes about 20 µs, which is less than a hop to the pool and back.
    private static let inlineBytes = 16_384

    private let sampleBytes: Int
    private let memory: ChunkMemory
    private let threads: NIOThreadPool
    private let file: IncomingFile
    private let state = Mutex(State())
    private let fingerprint = Mutex(Fingerprint())

    init(in directory: StoreDirectory, memory: ChunkMemory, threads: NIOThreadPool, sampleBytes: Int) {
        self.sampleBytes = min(sampleBytes, ChunkMemory.least)
        self.memory = memory
        self.threads = threads
        file = IncomingFile(in: directory)
    }

    /// How many bytes it has taken so far.
    package var byteCount: Int64 { state.withLock { $0.byteCount } }

    /// Takes bytes in, and waits while two chunks are full.
    ///
    /// Throws the error of an earlier write, most often `.storageFull`: nothing is then left on disk, and only
    /// `discard` makes sense. Throws `.closed` after `finish` or `discard`.
    package func append(_ bytes: ByteBuffer) async throws(BlobError) {
        var rest = bytes
        while rest.readableBytes > 0 {
            if let chunk = try collect(from: &rest) { try await write(chunk) }
        }
    }

    /// Ends the receiving: waits for the last write and returns what the bytes are. They are not durable yet.
    ///
    /// Throws as `append` does.
    package func finish() async throws(BlobError) -> SpooledBlob {
        let (last, isSmall) = try state.withLock { (state) throws(BlobError) in
            guard !state.isFinished else { throw .closed }
            state.isFinished = true
            return (state.pending, state.write == nil)
        }
        if isSmall {
            try await hashInMemory(last)
        } else {
            if last.readableBytes > 0 { try await write(last) }
            try await lastWrite()
        }
        let sample = state.withLock { state -> ByteBuffer? in
            state.pending = ByteBuffer()
            state.share = nil
            guard isSmall else { return state.sample }
            return last.getSlice(at: last.readerIndex, length: min(sampleBytes, last.readableBytes))
        }
        let fingerprint = fingerprint.withLock { $0 }
        return SpooledBlob(fingerprint, sample: sample ?? ByteBuffer(), content: isSmall ? last : nil, file: file)
    }

    /// Gives the bytes up: closes and unlinks the file after the write in progress. Idempotent, also after an error.
    ///
    /// After `finish` call this or `DiskBlobStore.discard(_:)`.
    ///
    /// - Parameter leavingPublished: whether bytes that were published keep their name in `incoming/`, because nobody knows
    ///   whether they have a row.
    package func discard(leavingPublished: Bool = false) async {
        let write = state.withLock { state in
            state.isFinished = true
            state.pending = ByteBuffer()
            state.share = nil
            return state.write
        }
        _ = await write?.value
        if !(leavingPublished && file.isPublished) { await file.discard(on: threads) }
    }

    /// Moves bytes into the chunk being filled, and returns the chunk once it is full.
    private func collect(from rest: inout ByteBuffer) throws(BlobError) -> ByteBuffer? {
        try state.withLock { (state) throws(BlobError) in
            guard !state.isFinished else { throw .closed }
            let room = state.chunkBytes - state.pending.readableBytes
            guard var piece = rest.readSlice(length: min(room, rest.readableBytes)) else { return nil }
            // Small uploads get the room they need. An upload that has filled one chunk gets whole chunks.
            state.pending.reserveCapacity(state.write == nil ? piece.readableBytes : state.chunkBytes)
            state.byteCount += Int64(piece.readableBytes)
            state.pending.writeBuffer(&piece)
            guard state.pending.readableBytes == state.chunkBytes else { return nil }
            let share = state.share ?? memory.share()
            (state.share, state.chunkBytes) = (share, share.chunkBytes)
            // The first chunk may be larger than the least, with which it began.
            guard state.write != nil || state.pending.readableBytes >= state.chunkBytes else { return nil }
            defer { state.pending = ByteBuffer() }
            return state.pending
        }
    }

    /// Starts the write of a chunk once the previous one is done.
    private func write(_ chunk: ByteBuffer) async throws(BlobError) {
        try await lastWrite()
        let next = Task<BlobError?, Never> { [self] in
            async let hashed = failure { [self] in fingerprint.withLock { $0.update(chunk) } }
            let written = await failure { [self] () throws(BlobError) in try file.append(chunk) }
            return await hashed ?? written
        }
        state.withLock { state in
            // A copy: a slice would keep the whole chunk.
            if state.write == nil { state.sample = ByteBuffer(bytes: chunk.readableBytesView.prefix(sampleBytes)) }
            state.write = next
        }
    }

    /// Runs on the pool, and returns how that failed.
    private func failure(of work: @escaping @Sendable () throws(BlobError) -> Void) async -> BlobError? {
        do throws(BlobError) {
            try await threads.run(work)
            return nil
        } catch {
            return error
        }
    }

    private func lastWrite() async throws(BlobError) {
        if let error = await state.withLock({ $0.write })?.value { throw error }
    }

    private func hashInMemory(_ bytes: ByteBuffer) async throws(BlobError) {
        if bytes.readableBytes <= Self.inlineBytes {
            fingerprint.withLock { $0.update(bytes) }
        } else {
            try await threads.run { [self] in fingerprint.withLock { $0.update(bytes) } }
        }
    }
}

extension IncomingFile {
    /// Unlinks on the pool, but without a hop when there is nothing to unlink. Runs at once if the pool has been shut
    /// down.
    func discard(on threads: NIOThreadPool) async {
        guard isOnDisk else { return discard() }
        do throws(BlobError) {
            try await threads.run { [self] in discard() }
        } catch {
            discard()
        }
    }
}
