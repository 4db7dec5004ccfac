/// How many there are, and how many bytes they have together.
package struct StoredAmount: Sendable, Equatable {
    package private(set) var count = 0
    package private(set) var bytes = 0

    package init() {}

    /// Adds one thing.
    mutating func add(_ bytes: Int) {
        count += 1
        self.bytes += bytes
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
            blobs: try amount("SELECT count(*), coalesce(sum(size), 0) FROM blobs"),
            reclaimable: try amount("SELECT count(*), coalesce(sum(size), 0) FROM unreferenced_blobs"),
            doomedKeys: try one("SELECT count(*) FROM doomed_keys") ?? 0
        )
    }

    private func amount(_ sql: String) throws -> StoredAmount {
        try one(sql) ?? StoredAmount()
    }
}

extension StoredAmount: RowReadable {
    init(row: inout Row) {
        count = row.next()
        bytes = row.next()
    }
}
