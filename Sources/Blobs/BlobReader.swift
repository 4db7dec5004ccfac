import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Published bytes, open for reading. They stay readable until the reader is closed, even if the key is removed
/// meanwhile.
///
/// The file closes with `close()`, or when the last reference goes. Keep the reader until the regions from `fileRegion`
/// have been written.
package final class BlobReader: Sendable {
    /// In bytes.
    package let size: Int64

    /// Reads up to this size run on the calling thread: the page cache takes a few µs, a hop to the pool takes 20.
    private static let inlineBytes = 16_384

    private let handle: NIOFileHandle
    private let threads: NIOThreadPool
    /// `NIOFileHandle` refuses two users at the same time, so the reads of one reader queue here.
    private let reading = Mutex(())

    init(_ key: BlobKey, in directory: StoreDirectory, threads: NIOThreadPool) throws(BlobError) {
        let file: Descriptor
        do throws(BlobError) {
            file = try Descriptor(key.description, in: directory.blobs.raw, O_RDONLY | O_NOFOLLOW)
        } catch .io(_, ENOENT) {
            throw .notFound(key)
        }
        let raw = file.raw
        var status = Glibc.stat()
        try check("fstat") { fstat(raw, &status) }
        size = Int64(status.st_size)
        self.threads = threads
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.release())
    }

    deinit { close() }

    /// Returns the bytes of `range`, clamped to the file, in one buffer of that size. Ask for 64 to 256 KiB at a time.
    ///
    /// Reads of one reader run one after the other. Throws `.closed` after `close`, and `.io` when the disk fails or
    /// the file is shorter than it was when it was opened.
    nonisolated(nonsending) package func read(_ range: Range<Int64>) async throws(BlobError) -> ByteBuffer {
        let range = range.clamped(to: 0..<size)
        guard !range.isEmpty else { return ByteBuffer() }
        if range.count <= Self.inlineBytes { return try readNow(range) }
        return try await threads.run { [self] () throws(BlobError) in try readNow(range) }
    }

    /// Returns the bytes of `range`, clamped to the file, for a channel to send with sendfile(2).
    ///
    /// Write one region of a reader at a time, and do not call `read` meanwhile. The region does not keep the file
    /// open.
    package func fileRegion(_ range: Range<Int64>) -> FileRegion {
        let range = range.clamped(to: 0..<size)
        return FileRegion(fileHandle: handle, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
    }

    /// Closes the file; idempotent.
    ///
    /// Waits for a read or sendfile call that is running, but not for a whole region: the rest of that region then
    /// fails in its channel.
    package func close() {
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

    private func readNow(_ range: Range<Int64>) throws(BlobError) -> ByteBuffer {
        do {
            return try reading.withLock { _ in
                try handle.withUnsafeFileDescriptor { descriptor in
                    try Self.read(range, from: descriptor)
                }
            }
        } catch let error as BlobError {
            throw error
        } catch {
            throw .closed
        }
    }

    private static func read(_ range: Range<Int64>, from descriptor: Int32) throws(BlobError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        while buffer.readableBytes < range.count {
            let offset = range.lowerBound + Int64(buffer.readableBytes)
            let wanted = range.count - buffer.readableBytes
            var outcome: Result<Int, BlobError> = .success(0)
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { pointer in
                outcome = Result { () throws(BlobError) in
                    try check("read") { pread(descriptor, pointer.baseAddress, wanted, off_t(offset)) }
                }
                return (try? outcome.get()) ?? 0
            }
            if try outcome.get() == 0 { throw .io(operation: "read past the end", errno: EIO) }
        }
        return buffer
    }
}
