/// What was stored on a day.
package struct StorageSample: Sendable, Equatable, RowReadable {
    /// For how many days samples are kept.
    package static let kept = 400

    /// In UTC, such as `2026-11-23`.
    package let day: String
    package let files: StoredAmount
    package let blobs: StoredAmount

    init(row: inout Row) {
        day = row.next()
        files = StoredAmount(row: &row)
        blobs = StoredAmount(row: &row)
    }
}

extension Timestamp {
    /// The day of it in UTC, as it is stored.
    var day: String { String(description.prefix(10)) }
}

extension Querying {
    /// The oldest first.
    package func storageSamples() throws -> [StorageSample] {
        try all("SELECT day, file_count, file_bytes, blob_count, blob_bytes FROM storage_samples ORDER BY day")
    }

    /// Whether there is a sample of that day.
    package func hasSample(of time: Timestamp) throws -> Bool {
        try exists("SELECT 1 FROM storage_samples WHERE day = ?", [time.day])
    }
}

extension Transaction {
    /// Notes what is stored, once a day. Forgets what is older than ``StorageSample/kept`` days, and samples of days to
    /// come, which a wrong clock has left.
    package func takeSample() throws {
        try execute(SQL.insert, [now.day])
        let first = now + .seconds(-(StorageSample.kept - 1) * 24 * 60 * 60)
        try execute("DELETE FROM storage_samples WHERE day < ? OR day > ?", [first.day, now.day])
    }
}

private enum SQL {
    static let insert = """
        INSERT INTO storage_samples
        SELECT ?, file_count, file_bytes, blob_count, blob_bytes FROM store WHERE true ON CONFLICT DO NOTHING
        """
}
