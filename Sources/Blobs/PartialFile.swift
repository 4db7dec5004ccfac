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
//
// When the commit fails on the disk, and nobody knows whether it happened, the upload goes on with a copy of its bytes,
// upload.<id>.new until it takes the name; a crash leaves that to be swept.

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
    /// - Throws: ``BlobError/io(operation:errno:)`` with `ENODATA` when the file cannot go on: it is missing or short.
    init(_ id: String, at offset: Int64, in directory: StoreDirectory, threads: NIOThreadPool) throws(BlobError) {
        let (name, incoming) = (Self.name(of: id), directory.incoming.raw)
        var status = Glibc.stat()
        let exists = try check("stat", unless: ENOENT) { fstatat(incoming, name, &status, AT_SYMLINK_NOFOLLOW) }
        guard exists ? Int64(status.st_size) >= offset : offset == 0 else {
            throw .io(operation: "resume", errno: ENODATA)
        }
        // Nobody knows whether these bytes are published, after a commit that failed on the disk. Published bytes never
        // change (invariant 3).
        let isShared = exists && status.st_nlink > 1
        if isShared {
            try Self.copy(name, byteCount: offset, in: incoming)
        } else if exists {
            // A publish that failed has left it read-only.
            try check("chmod") { fchmodat(incoming, name, 0o640, 0) }
        }
        descriptor = try Descriptor(name, in: incoming, O_WRONLY | O_CREAT | O_NOFOLLOW, mode: 0o640)
        let raw = descriptor.raw
        try check("truncate") { ftruncate(raw, off_t(offset)) }
        (self.directory, self.threads, isNew) = (directory, threads, offset == 0 || isShared)
        state = Mutex(State(written: offset))
    }

    /// Gives the name bytes of its own, durable as those were that it had.
    private static func copy(_ name: String, byteCount: Int64, in incoming: Int32) throws(BlobError) {
        let newName = "\(name).new"
        let source = try Descriptor(name, in: incoming, O_RDONLY | O_NOFOLLOW)
        let copy = try Descriptor(newName, in: incoming, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o640)
        do throws(BlobError) {
            try copy.write(byteCount, of: source)
            try copy.sync()
            try check("rename") { renameat(incoming, newName, incoming, name) }
        } catch {
            unlinkat(incoming, newName, 0)
            throw error
        }
    }

    /// How many bytes it has, with those that wait to be written.
    package var byteCount: Int64 { state.withLock { $0.written + Int64($0.pending.readableBytes) } }

    /// Adds bytes at the end.
    package func append(_ bytes: ByteBuffer) async throws(BlobError) {
        let isFull = state.withLock { state in
            state.pending.writeImmutableBuffer(bytes)
            return state.pending.readableBytes >= ChunkMemory.most
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

extension Descriptor {
    /// Writes what another file begins with.
    fileprivate func write(_ byteCount: Int64, of source: borrowing Descriptor) throws(BlobError) {
        let raw = source.raw
        var (bytes, done) = ([UInt8](repeating: 0, count: ChunkMemory.most), Int64(0))
        while done < byteCount {
            let wanted = min(bytes.count, Int(byteCount - done))
            let count = try check("read") { pread(raw, &bytes, wanted, off_t(done)) }
            guard count > 0 else { throw .io(operation: "read", errno: EIO) }
            try bytes.withUnsafeBytes { pointer in
                Result { () throws(BlobError) in
                    try write(UnsafeRawBufferPointer(rebasing: pointer[..<count]), at: done)
                }
            }.get()
            done += Int64(count)
        }
    }
}
