import Glibc
import NIOCore
import NIOPosix
import Synchronization

// Guards invariant 9 (numbered in DiskBlobStore.swift): what a row says has arrived is on the disk.
//
//     step                                incoming/                     a crash here leaves
//     -----------------------------------------------------------------------------------------------------------
//     (the index notes the upload)        -                             a row of 0 bytes
//     bytes arrive                        upload.<id>                   more bytes than the row says: cut off when it goes on
//     sync                                upload.<id>, durable          the same
//     (the index notes how many)          upload.<id>, durable          the upload goes on there
//     takeOver                            upload.<id>, session.token    a spool: swept. The upload goes on
//     (publish, steps 1 to 4)             upload.<id>, session.key      as of any spool, see IncomingFile.swift
//     (the index commits the end)         upload.<id>, session.key      a file without an open upload: swept
//     removePartials                      -                             the normal state

/// The bytes of an upload that may be cut off and go on later, also in another process. For one task at a time, and of
/// one upload only one at a time.
package final class PartialFile: Sendable {
    private struct State {
        /// Not written yet: less than a chunk.
        var pending = ByteBuffer()
        /// How many bytes are in the file.
        var written: Int64
    }

    private let directory: StoreDirectory
    private let threads: NIOThreadPool
    private let descriptor: Descriptor
    private let isNew: Bool
    private let state: Mutex<State>

    /// Opens the file, and makes it when there is to be none yet. What is beyond `offset` is cut off: nobody was told that
    /// it had arrived.
    ///
    /// - Throws: ``BlobError/io(operation:errno:)`` with `ENODATA` when the file cannot go on: it is missing, short, or its
    ///   bytes may be published, and those never change (invariant 3).
    init(_ id: String, at offset: Int64, in directory: StoreDirectory, threads: NIOThreadPool) throws(BlobError) {
        let (name, incoming) = (Self.name(of: id), directory.incoming.raw)
        var status = Glibc.stat()
        let exists = try check("stat", unless: ENOENT) { fstatat(incoming, name, &status, AT_SYMLINK_NOFOLLOW) }
        guard exists ? status.st_nlink == 1 && Int64(status.st_size) >= offset : offset == 0 else {
            throw .io(operation: "resume", errno: ENODATA)
        }
        // A publish that failed has left it read-only.
        if exists { try check("chmod") { fchmodat(incoming, name, 0o640, 0) } }
        descriptor = try Descriptor(name, in: incoming, O_WRONLY | O_CREAT | O_NOFOLLOW, mode: 0o640)
        let raw = descriptor.raw
        try check("truncate") { ftruncate(raw, off_t(offset)) }
        (self.directory, self.threads, isNew) = (directory, threads, offset == 0)
        state = Mutex(State(written: offset))
    }

    /// How many bytes it has, with those that wait to be written.
    package var byteCount: Int64 { state.withLock { $0.written + Int64($0.pending.readableBytes) } }

    /// Adds bytes at the end.
    package func append(_ bytes: ByteBuffer) async throws(BlobError) {
        let isFull = state.withLock { state in
            state.pending.writeImmutableBuffer(bytes)
            return state.pending.readableBytes >= Spool.chunkBytes
        }
        if isFull { try await write() }
    }

    /// Makes everything durable that was appended, and the name. Returns how many bytes that are.
    package func sync() async throws(BlobError) -> Int64 {
        try await write()
        try await threads.run { [self] () throws(BlobError) in
            let raw = descriptor.raw
            try check("fdatasync") { fdatasync(raw) }
            if isNew { try directory.incoming.sync() }
        }
        FaultPoint.reached(.partSynced)
        return byteCount
    }

    private func write() async throws(BlobError) {
        let (bytes, offset) = state.withLock { ($0.pending, $0.written) }
        guard bytes.readableBytes > 0 else { return }
        try await threads.run { [self] () throws(BlobError) in
            try bytes.withUnsafeReadableBytes { pointer in
                Result { () throws(BlobError) in try descriptor.write(pointer, at: offset) }
            }.get()
        }
        state.withLock { state in
            state.pending = ByteBuffer()
            state.written += Int64(bytes.readableBytes)
        }
        FaultPoint.reached(.partWritten)
    }

    static let prefix = "upload."

    static func name(of id: String) -> String { prefix + id }
}

extension DiskBlobStore {
    /// Opens the bytes of an upload that has `offset` of them; nil when they are not there, so that it cannot go on.
    package func openPartial(_ id: String, at offset: Int64) async throws(BlobError) -> PartialFile? {
        let threads = threads
        do throws(BlobError) {
            return try await run { (directory) throws(BlobError) in
                try PartialFile(id, at: offset, in: directory, threads: threads)
            }
        } catch .io(_, ENODATA) {
            return nil
        }
    }

    /// Whether an upload has that many bytes. Runs on the calling thread, as ``open(_:)`` does.
    package func hasPartial(_ id: String, bytes: Int64) async throws(BlobError) -> Bool {
        guard bytes > 0 else { return true }
        let directory = try opened()
        var status = Glibc.stat()
        let exists = try check("stat", unless: ENOENT) {
            fstatat(directory.incoming.raw, PartialFile.name(of: id), &status, AT_SYMLINK_NOFOLLOW)
        }
        return exists && Int64(status.st_size) >= bytes
    }

    /// Gives the bytes of a whole upload a second name, that of an ordinary spool, and hashes them. From there on they go
    /// the way of any spool; the upload keeps its own name, so that it may go on when that fails.
    ///
    /// They are hashed in one go, not as they come: a state of the hash that survives a restart would be a second truth.
    package func takeOver(_ id: String, sampleBytes: Int = 65_536) async throws(BlobError) -> SpooledBlob {
        let file = try await run { (directory) throws(BlobError) in
            try IncomingFile(in: directory, linking: PartialFile.name(of: id))
        }
        FaultPoint.reached(.partTaken)
        var (fingerprint, sample) = (Fingerprint(), ByteBuffer())
        while true {
            let (before, offset) = (fingerprint, fingerprint.byteCount)
            let (after, piece) = try await run { (_) throws(BlobError) in
                var next = before
                let bytes = try file.read(at: offset, count: 1 << 20)
                next.update(bytes)
                return (next, bytes)
            }
            guard piece.readableBytes > 0 else { break }
            if offset == 0 { sample = ByteBuffer(bytes: piece.readableBytesView.prefix(sampleBytes)) }
            fingerprint = after
        }
        return SpooledBlob(fingerprint, sample: sample, content: nil, file: file)
    }

    /// Removes the bytes of uploads that have ended.
    package func removePartials(_ ids: [String]) async throws(BlobError) {
        try await run { (directory) throws(BlobError) in
            for id in ids { try directory.removeIncoming(PartialFile.name(of: id)) }
        }
    }

    /// Removes the bytes of uploads that are not open any more, and returns how many. Only before the first request: an
    /// upload that begins has a file before anybody looks.
    package func sweepPartials(
        isOpen: @Sendable ([String]) async throws -> Set<String>
    ) async throws -> Int {
        let ids = try await run { (directory) throws(BlobError) in
            try Descriptor.names(in: directory.incoming.raw, ".").filter { $0.hasPrefix(PartialFile.prefix) }
                .map { String($0.dropFirst(PartialFile.prefix.count)) }
        }
        guard !ids.isEmpty else { return 0 }
        let open = try await isOpen(ids)
        let ended = ids.filter { !open.contains($0) }
        try await removePartials(ended)
        return ended.count
    }
}
