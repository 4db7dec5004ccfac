// Bytes on their way into a bucket. Their key is doomed from before the first of them is sent until the unit that gives
// it a row, so what an upload leaves is listed, wherever it ends. A lease keeps the collector from it meanwhile. Time
// only decides when the collector may try; the state of the row decides who has the key, in one unit.

extension Transaction {
    /// How long a publish may take without renewing its lease.
    private static let lease = Duration.seconds(10 * 60)

    /// Dooms a new key that is about to be published.
    package func beginPublish(of key: String) throws {
        try execute(SQL.begin, [key, now + Self.lease])
    }

    /// Renews the lease, and notes the upload in parts that the bucket has begun, if one is given.
    ///
    /// - Throws: ``IndexError/missingReference`` when the publish was given up: publish under another key.
    package func renewPublish(of key: String, uploadID: String?) throws {
        guard try execute(SQL.renew, [now + Self.lease, uploadID, key]) > 0 else { throw IndexError.missingReference }
    }

    /// The key gets a row in this unit.
    ///
    /// - Throws: ``IndexError/missingReference`` when the publish was given up: its bytes may be gone.
    package func endPublish(of key: String) throws {
        guard try execute(SQL.end, [key]) > 0 else { throw IndexError.missingReference }
    }

    /// No unit gives the key a row from here on.
    func abandonPublish(of key: String) throws {
        try execute("UPDATE doomed_keys SET state = 'abandoned' WHERE key = ? AND state = 'publishing'", [key])
    }
}

private enum SQL {
    static let begin = "INSERT INTO doomed_keys (key, not_before, state) VALUES (?, ?, 'publishing')"
    static let renew = """
        UPDATE doomed_keys SET not_before = ?, upload_id = coalesce(?, upload_id) WHERE key = ? AND state = 'publishing'
        """
    static let end = "DELETE FROM doomed_keys WHERE key = ? AND state = 'publishing'"
}
