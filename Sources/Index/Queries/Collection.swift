extension Transaction {
    /// Deletes unattached files whose time is over, the longest overdue first, and returns how many: at most `limit`.
    package func removeExpiredFiles(limit: Int) throws -> Int {
        try removeFiles(expiredBy: now, limit: limit)
    }

    func removeFiles(expiredBy time: Timestamp, limit: Int) throws -> Int {
        try execute(SQL.removeExpired, [time, limit])
    }

    /// Deletes blobs that no attachment has referred to since `time` or earlier, the longest first, and dooms their
    /// keys: at most `limit`. A foreign key refuses the deletion of a blob that is in use (invariant 6).
    ///
    /// - Returns: what their bytes free, once they are removed.
    package func collectBlobs(unreferencedSince time: Timestamp, limit: Int) throws -> CollectedBlobs {
        var collected = CollectedBlobs()
        let blobs: [Blob] = try all(SQL.unreferenced, [time, limit])
        for blob in blobs {
            try execute("DELETE FROM blobs WHERE sha256 = ?", [blob.sha256])
            try doom(key: blob.key, notBefore: now)
            collected.count += 1
            collected.bytes += blob.size
        }
        return collected
    }
}

/// Blobs that the collector took.
package struct CollectedBlobs: Sendable, Equatable {
    package var count = 0
    /// The sum of their lengths.
    package var bytes = 0

    package init(count: Int = 0, bytes: Int = 0) {
        (self.count, self.bytes) = (count, bytes)
    }
}

private enum SQL {
    static let removeExpired = """
        DELETE FROM attachments WHERE id IN (
            SELECT id FROM attachments WHERE message_id IS NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?
        )
        """
    static let unreferenced = """
        SELECT \(Blob.columns) FROM unreferenced_blobs CROSS JOIN blobs USING (sha256)
        WHERE since <= ? ORDER BY since LIMIT ?
        """
}
