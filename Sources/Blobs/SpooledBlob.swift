import NIOCore

/// Bytes that have arrived and been hashed completely, but have no address yet.
///
/// `DiskBlobStore.publish(_:)` gives them one, `DiskBlobStore.discard(_:)` drops them. If the last copy of the value
/// goes without a discard, an unpublished spool is removed; a published one is left to the next `sweepIncoming`.
package struct SpooledBlob: Sendable {
    package let digest: BlobDigest
    /// The CRC-32 as zip, gzip and zlib compute it.
    package let crc32: UInt32
    /// In bytes.
    package let size: Int64
    /// The first bytes: as many as `makeSpool(sampleBytes:)` asked for, or all of them if there are fewer.
    package let sample: ByteBuffer

    /// All the bytes if they are few enough to wait in memory. Otherwise nil, and they are in `file`.
    let content: ByteBuffer?
    let file: IncomingFile

    init(_ fingerprint: Fingerprint, sample: ByteBuffer, content: ByteBuffer?, file: IncomingFile) {
        digest = fingerprint.digest()
        crc32 = fingerprint.crc32
        size = fingerprint.byteCount
        self.sample = sample
        self.content = content
        self.file = file
    }
}

extension SpooledBlob {
    /// Where its bytes can be read again.
    func source() throws(BlobError) -> S3Source {
        if let content { return .bytes(content) }
        return .file(try file.reading(), 0..<size)
    }
}

extension DiskBlobStore {
    /// Passes the bytes of a spool on, in order.
    package func read(_ blob: SpooledBlob, passingTo pass: (ByteBuffer) async throws -> Void) async throws {
        for try await piece in S3Pieces(source: try blob.source(), threads: threads) { try await pass(piece) }
    }
}
