import NIOCore

/// Bytes that were received whole and are known, but have no address yet.
///
/// `DiskBlobStore.publish(_:)` gives them one, `DiskBlobStore.discard(_:)` ends them. When the last copy of the value
/// goes without a discard, an unpublished spool is removed, a published one is left to the next `sweepIncoming`.
package struct SpooledBlob: Sendable {
    package let digest: BlobDigest
    /// The CRC-32 of zip, gzip and zlib.
    package let crc32: UInt32
    /// In bytes.
    package let size: Int64
    /// The first bytes, as many as `makeSpool(sampleBytes:)` asked for, or all if there are fewer.
    package let sample: ByteBuffer

    /// All the bytes when they are few enough to wait in memory, else nil: they are in `file`.
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
