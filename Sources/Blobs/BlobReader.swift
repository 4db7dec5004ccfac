import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Published bytes, open for reading: a file, or an object in a bucket that is fetched range by range.
///
/// A file stays readable until the reader is closed, even if the key is removed meanwhile; an object is then not found. It
/// closes with `close()`, or when the last reference goes. Keep the reader until the regions from `fileRegion` have been
/// written.
package final class BlobReader: Sendable {
    /// In bytes.
    package let size: Int64

    private enum Source {
        case file(NIOFileHandle, NIOThreadPool)
        case object(RemoteBytes)
    }

    /// Reads of a file up to this size run on the calling thread: the page cache takes a few µs, a hop to the pool takes 20.
    private static let inlineBytes = 16_384

    private let source: Source
    /// How much is read at a time when all of a long range is wanted. The memory of a download stays near this.
    package static let chunkBytes: Int64 = 262_144

    /// `NIOFileHandle` refuses two users at the same time, so the reads of one reader queue here.
    private let reading = Mutex(())

    convenience init(_ key: BlobKey, in directory: StoreDirectory, threads: NIOThreadPool) throws(BlobError) {
        do throws(BlobError) {
            try self.init(file: key.description, in: directory.blobs.raw, threads: threads)
        } catch .io(_, ENOENT) {
            throw .notFound(key)
        }
    }

    init(file name: String, in directory: Int32, threads: NIOThreadPool) throws(BlobError) {
        let file = try Descriptor(name, in: directory, O_RDONLY | O_NOFOLLOW)
        let raw = file.raw
        var status = Glibc.stat()
        try check("fstat") { fstat(raw, &status) }
        size = Int64(status.st_size)
        source = .file(NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.release()), threads)
    }

    init(_ object: RemoteBytes) {
        size = object.size
        source = .object(object)
    }

    deinit { close() }

    /// Returns the bytes of `range`, clamped to the file, in one buffer of that size. Ask for 64 to 256 KiB at a time.
    ///
    /// Reads of one reader run one after the other. Throws `.closed` after `close`, and `.io` when the disk fails or
    /// the file is shorter than it was when it was opened.
    nonisolated(nonsending) package func read(_ range: Range<Int64>) async throws(BlobError) -> ByteBuffer {
        let range = range.clamped(to: 0..<size)
        guard !range.isEmpty else { return ByteBuffer() }
        switch source {
        case .object(let object): return try await object.read(range)
        case .file where range.count <= Self.inlineBytes: return try readNow(range)
        case .file(_, let threads): return try await threads.run { () throws(BlobError) in try self.readNow(range) }
        }
    }

    /// Passes the bytes of a range on, in order, as fast as `pass` takes them.
    ///
    /// - Throws: as ``read(_:)``; what `pass` throws.
    package func read(_ range: Range<Int64>, passingTo pass: (ByteBuffer) async throws -> Void) async throws {
        if case .object(let object) = source { return try await object.stream(range, to: pass) }
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start + Self.chunkBytes, range.upperBound)
            try await pass(try await read(start..<end))
            start = end
        }
    }

    /// Returns the bytes of `range`, clamped to the file, for a channel to send with sendfile(2). Nil when they are not in
    /// a file.
    ///
    /// Write one region of a reader at a time, and do not call `read` meanwhile. The region does not keep the file
    /// open.
    package func fileRegion(_ range: Range<Int64>) -> FileRegion? {
        guard case .file(let handle, _) = source else { return nil }
        let range = range.clamped(to: 0..<size)
        return FileRegion(fileHandle: handle, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
    }

    /// Closes the file; idempotent.
    ///
    /// Waits for a read or sendfile call that is running, but not for a whole region: the rest of that region then
    /// fails in its channel.
    package func close() {
        guard case .file(let handle, _) = source else { return }
        while true {
            do {
                return try handle.close()
            } catch let error as IOError where error.errnoCode == EBUSY {
                sched_yield()
            } catch {
                return
            }
        }
    }

    /// Fills a buffer with the bytes from an offset on, on the calling thread, which may wait for the disk, or for a bucket:
    /// then it must be one of those that may wait.
    ///
    /// - Throws: `.closed` after `close`, and `.io` when the disk fails or the file is shorter than it was.
    package func readNow(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(BlobError) {
        let handle: NIOFileHandle
        switch source {
        case .object(let object): return try object.readNow(at: offset, into: buffer)
        case .file(let file, _): handle = file
        }
        do {
            try reading.withLock { _ in
                try handle.withUnsafeFileDescriptor { descriptor in
                    try Self.fill(buffer, from: descriptor, at: offset)
                }
            }
        } catch let error as BlobError {
            throw error
        } catch {
            throw .closed
        }
    }

    /// The bytes of a range that is within the file, on the calling thread, which may wait for the disk.
    ///
    /// - Throws: as ``readNow(at:into:)``.
    package func readNow(_ range: Range<Int64>) throws(BlobError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        var outcome: Result<Void, BlobError> = .success(())
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { pointer in
            let wanted = UnsafeMutableRawBufferPointer(rebasing: pointer[..<range.count])
            outcome = Result { () throws(BlobError) in try readNow(at: range.lowerBound, into: wanted) }
            return range.count
        }
        try outcome.get()
        return buffer
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        from descriptor: Int32,
        at offset: Int64
    ) throws(BlobError) {
        var done = 0
        while done < buffer.count {
            let count = try check("read") {
                pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset) + done)
            }
            if count == 0 { throw .io(operation: "read past the end", errno: EIO) }
            done += count
        }
    }
}
