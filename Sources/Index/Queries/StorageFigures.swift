/// How many there are, and how many bytes they have together.
package struct StoredAmount: Sendable, Equatable {
    package let count: Int
    package let bytes: Int

    package init(count: Int, bytes: Int) {
        (self.count, self.bytes) = (count, bytes)
    }
}

/// What is stored, in one snapshot.
package struct StorageFigures: Sendable, Equatable {
    package let files: StoredAmount
    package let unattached: StoredAmount
    package let blobs: StoredAmount
    /// Blobs that no file has.
    package let reclaimable: StoredAmount
    package let doomedKeys: Int
}

extension Querying {
    /// Counts all files and blobs: its work grows with their number.
    package func storageFigures() throws -> StorageFigures {
        StorageFigures(
            files: try amount("SELECT count(*), coalesce(sum(size), 0) FROM attachments"),
            unattached: try amount(
                "SELECT count(*), coalesce(sum(size), 0) FROM attachments WHERE message_id IS NULL"
            ),
            blobs: try blobAmount(),
            reclaimable: try amount(
                "SELECT count(*), coalesce(sum(size), 0) FROM unreferenced_blobs CROSS JOIN blobs USING (sha256)"
            ),
            doomedKeys: try one("SELECT count(*) FROM doomed_keys") ?? 0
        )
    }

    /// Counts all blobs.
    package func blobAmount() throws -> StoredAmount {
        try amount("SELECT count(*), coalesce(sum(size), 0) FROM blobs")
    }

    private func amount(_ sql: String) throws -> StoredAmount {
        try one(sql) ?? StoredAmount(count: 0, bytes: 0)
    }
}

extension StoredAmount: RowReadable {
    init(row: inout Row) {
        count = row.next()
        bytes = row.next()
    }
}
