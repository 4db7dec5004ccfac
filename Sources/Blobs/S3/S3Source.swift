import Crypto
import Glibc
import NIOCore
import NIOPosix

/// Bytes to be sent, which can be read again for another try.
package enum S3Source: Sendable {
    case bytes(ByteBuffer)
    case file(S3File, Range<Int64>)

    var count: Int64 {
        switch self {
        case .bytes(let buffer): Int64(buffer.readableBytes)
        case .file(_, let range): Int64(range.count)
        }
    }

    /// The SHA-256 of all of it, in hex.
    func digest(_ threads: NIOThreadPool) async throws -> String {
        var sha256 = SHA256()
        for try await piece in S3Pieces(source: self, threads: threads) {
            piece.withUnsafeReadableBytes { sha256.update(bufferPointer: $0) }
        }
        return BlobDigest(sha256.finalize()).hex
    }
}

/// A file that is open for reading. It closes when the last reference goes: a request that was given up may still be
/// about to read.
package final class S3File: Sendable {
    private let descriptor: Descriptor

    /// - Throws: ``BlobError``.
    package init(path: String) throws(BlobError) {
        descriptor = try Descriptor(path, in: AT_FDCWD, O_RDONLY)
    }

    /// Shares the file of a descriptor, which stays the caller's. Its position does not matter.
    init(sharing raw: Int32) throws(BlobError) {
        descriptor = Descriptor(owning: try check("dup") { fcntl(raw, F_DUPFD_CLOEXEC, 0) })
    }

    /// - Throws: ``BlobError``, also when the file is shorter.
    fileprivate func read(_ range: Range<Int64>) throws(BlobError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        let raw = descriptor.raw
        while buffer.readableBytes < range.count {
            let (done, left) = (buffer.readableBytes, range.count - buffer.readableBytes)
            var outcome: Result<Int, BlobError> = .success(0)
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: left) { bytes in
                outcome = Result { () throws(BlobError) in
                    try check("read") { pread(raw, bytes.baseAddress, left, off_t(range.lowerBound) + done) }
                }
                return (try? outcome.get()) ?? 0
            }
            if try outcome.get() == 0 { throw .io(operation: "read past the end", errno: EIO) }
        }
        return buffer
    }
}

/// What is sent, piece by piece, as fast as it is taken.
struct S3Pieces: AsyncSequence, Sendable {
    /// In bytes.
    private static let pieceSize: Int64 = 256 << 10

    let source: S3Source
    let threads: NIOThreadPool

    func makeAsyncIterator() -> Iterator { Iterator(source: source, threads: threads) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: S3Source
        fileprivate let threads: NIOThreadPool
        private var offset: Int64 = 0

        fileprivate init(source: S3Source, threads: NIOThreadPool) {
            self.source = source
            self.threads = threads
        }

        mutating func next() async throws -> ByteBuffer? {
            guard offset < source.count else { return nil }
            switch source {
            case .bytes(let buffer):
                offset = source.count
                return buffer
            case .file(let file, let range):
                let start = range.lowerBound + offset
                let piece = start..<Swift.min(start + S3Pieces.pieceSize, range.upperBound)
                offset += Int64(piece.count)
                do throws(BlobError) {
                    return try await threads.run { () throws(BlobError) in try file.read(piece) }
                } catch {
                    throw S3Error.unreadable(error)
                }
            }
        }
    }
}
