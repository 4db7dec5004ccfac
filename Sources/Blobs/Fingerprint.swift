import CDeflate
import Crypto
import NIOCore

/// What is computed over bytes as they pass: SHA-256 (their identity), CRC-32 (for zip entries) and their count.
struct Fingerprint {
    private var sha256 = SHA256()
    private(set) var crc32: UInt32 = 0
    private(set) var byteCount: Int64 = 0

    mutating func update(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { pointer in
            sha256.update(bufferPointer: pointer)
            // A null pointer would reset the sum.
            if let start = pointer.baseAddress { crc32 = libdeflate_crc32(crc32, start, pointer.count) }
        }
        byteCount += Int64(bytes.readableBytes)
    }

    func digest() -> BlobDigest { BlobDigest(sha256.finalize()) }
}
