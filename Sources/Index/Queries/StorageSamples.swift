/// What was stored on a day.
package struct StorageSample: Sendable, Equatable, RowReadable {
    /// How many are kept.
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
    /// Notes what is stored, once a day. Forgets all but the last ``StorageSample/kept`` samples, and a single one of a
    /// day to come, which a wrong clock has left. When there are more of those, the clock of now may be the wrong one.
    package func takeSample() throws {
        try execute(SQL.insert, [now.day])
        try execute(SQL.removeFalse, [now.day])
        try execute(SQL.removeOld, [StorageSample.kept])
    }
}

private enum SQL {
    static let removeFalse = """
        DELETE FROM storage_samples WHERE day > ?1
            AND (SELECT count(*) FROM storage_samples AS other WHERE other.day > ?1) = 1
        """
    static let removeOld = """
        DELETE FROM storage_samples
        WHERE day <= (SELECT other.day FROM storage_samples AS other ORDER BY other.day DESC LIMIT 1 OFFSET ?)
        """
    static let insert = """
        INSERT INTO storage_samples
        SELECT ?, file_count, file_bytes, blob_count, blob_bytes FROM store WHERE true ON CONFLICT DO NOTHING
        """
}
