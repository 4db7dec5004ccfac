/// Bytes on disk. The digest is their identity, the key is their address (invariant 3).
package struct Blob: Sendable, Equatable {
    /// In lower-case hex, 64 characters.
    package var sha256: String
    /// Where the store published the bytes. No two blobs share a key.
    package var key: String
    /// In bytes.
    package var size: Int
    package var crc32: UInt32
    package var createdAt: Timestamp

    /// The bytes must be durable before the row is inserted (invariant 1).
    package init(sha256: String, key: String, size: Int, crc32: UInt32, createdAt: Timestamp) {
        self.sha256 = sha256
        self.key = key
        self.size = size
        self.crc32 = crc32
        self.createdAt = createdAt
    }
}

extension Blob: StoredRecord {
    static let columns = Columns<Blob>(
        of: "blobs",
        [
            ("sha256", { $0.sha256 }),
            ("key", { $0.key }),
            ("size", { $0.size }),
            ("crc32", { $0.crc32 }),
            ("created_at", { $0.createdAt }),
        ]
    )

    init(row: inout Row) {
        sha256 = row.next()
        key = row.next()
        size = row.next()
        crc32 = row.next()
        createdAt = row.next()
    }
}
