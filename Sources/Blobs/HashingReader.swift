import Crypto
import Glibc

/// Reads a file to its end, piece by piece, and computes its digest. For one task.
///
/// What was read leaves the page cache, so that reading the whole store does not displace what others read.
final class HashingReader {
    /// In bytes. Small enough to stay in the processor's cache between reading and hashing.
    private static let pieceSize = 262_144
    /// After how many bytes progress is told.
    private static let step = 16 << 20

    /// Of the file when it was opened, in bytes.
    let size: Int64
    /// How many bytes were read.
    private(set) var offset = 0
    private let file: Descriptor
    private let piece: UnsafeMutableRawBufferPointer
    private var sha256 = SHA256()

    /// - Throws: ``BlobError/io(operation:errno:)`` with `ENOENT` when there is no such file.
    init(_ name: String, in directory: Int32) throws(BlobError) {
        file = try Descriptor(name, in: directory, O_RDONLY | O_NOFOLLOW)
        let raw = file.raw
        var status = Glibc.stat()
        try check("fstat") { fstat(raw, &status) }
        posix_fadvise(raw, 0, 0, POSIX_FADV_SEQUENTIAL)
        size = Int64(status.st_size)
        piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 4096)
    }

    deinit { piece.deallocate() }

    /// Opens a file that should have that length.
    ///
    /// - Throws: ``BlobError`` when that says nothing about the file (``BlobError/isUnreadable``).
    static func open(
        _ name: String,
        in directory: Int32,
        size: Int64
    ) throws(BlobError) -> Result<HashingReader, Flaw> {
        do throws(BlobError) {
            let reader = try HashingReader(name, in: directory)
            return reader.size == size ? .success(reader) : .failure(.wrongLength)
        } catch .io(_, ENOENT) {
            return .failure(.missing)
        } catch {
            guard error.isUnreadable else { throw error }
            return .failure(.unreadable)
        }
    }

    /// The next bytes, valid until the next call; nil at the end.
    func next() throws(BlobError) -> UnsafeRawBufferPointer? {
        let raw = file.raw
        let count = try check("read") { pread(raw, piece.baseAddress, piece.count, off_t(offset)) }
        guard count > 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: piece[..<count])
        sha256.update(bufferPointer: bytes)
        posix_fadvise(raw, off_t(offset), off_t(count), POSIX_FADV_DONTNEED)
        offset += count
        return bytes
    }

    /// Of all that was read.
    func digest() -> BlobDigest { BlobDigest(sha256.finalize()) }

    /// Reads to the end, and passes each piece on.
    ///
    /// - Parameter progress: gets the number of bytes read since it was called last: every 16 MiB, and at the end.
    /// - Returns: the digest; nil when the file is unreadable (``BlobError/isUnreadable``).
    /// - Throws: ``BlobError``; what `pass` and `progress` throw.
    nonisolated(nonsending) func finish(
        _ progress: (Int) async throws -> Void,
        _ pass: (UnsafeRawBufferPointer, _ offset: Int) throws -> Void
    ) async throws -> BlobDigest? {
        var told = 0
        while true {
            let start = offset
            let piece: UnsafeRawBufferPointer?
            do throws(BlobError) {
                piece = try next()
            } catch {
                guard error.isUnreadable else { throw error }
                return nil
            }
            if let piece { try pass(piece, start) }
            if piece == nil || offset - told >= Self.step {
                try await progress(offset - told)
                told = offset
            }
            if piece == nil { return digest() }
        }
    }
}
