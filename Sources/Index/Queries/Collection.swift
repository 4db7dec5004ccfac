extension Querying {
    /// The digests of blobs that a plan takes, in order, after `digest`: at most `limit`.
    package func collectableBlobs(of plan: CollectionPlan.ID, after digest: String, limit: Int) throws -> [String] {
        try all(SQL.collectable, [digest, plan.unreferencedBefore, limit])
    }

    /// The bytes of the blobs that no file has but unattached ones of a plan.
    package func bytesOnlyInFiles(of plan: CollectionPlan.ID) throws -> Int {
        try one(SQL.bytesOnlyInFiles, [plan.moment, plan.moment]) ?? 0
    }
}

extension Transaction {
    /// Deletes unattached files of a plan, the longest overdue first, and returns how many: at most `limit`.
    package func removeFiles(of plan: CollectionPlan.ID, limit: Int) throws -> Int {
        try execute(SQL.removeExpired, [plan.moment, limit])
    }

    /// Deletes those of the blobs that a plan takes now as before, and dooms their keys. A foreign key refuses the
    /// deletion of a blob that is in use (invariant 6).
    ///
    /// - Parameter digests: in order. Neighbours share pages of the index, so a unit changes a few of them.
    /// - Returns: what their bytes free, once they are removed.
    package func collectBlobs(_ digests: ArraySlice<String>, of plan: CollectionPlan.ID) throws -> CollectedBlobs {
        var collected = CollectedBlobs()
        for digest in digests {
            guard let blob: Blob = try one(SQL.unreferenced, [digest, plan.unreferencedBefore]) else { continue }
            try execute("DELETE FROM blobs WHERE sha256 = ?", [digest])
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
    static let bytesOnlyInFiles = """
        SELECT coalesce(sum(size), 0) FROM blobs
        WHERE sha256 IN (SELECT sha256 FROM attachments WHERE message_id IS NULL AND expires_at <= ?)
            AND NOT EXISTS (
                SELECT 1 FROM attachments
                WHERE sha256 = blobs.sha256 AND (message_id IS NOT NULL OR expires_at > ?)
            )
        """
    static let removeExpired = """
        DELETE FROM attachments WHERE id IN (
            SELECT id FROM attachments WHERE message_id IS NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?
        )
        """
    // The plus keeps SQLite from the index by time: what is read in order of digests is read and written once.
    static let collectable = """
        SELECT sha256 FROM unreferenced_blobs WHERE sha256 > ? AND +since < ? ORDER BY sha256 LIMIT ?
        """
    static let unreferenced = """
        SELECT \(Blob.columns) FROM unreferenced_blobs CROSS JOIN blobs USING (sha256)
        WHERE unreferenced_blobs.sha256 = ? AND since < ?
        """
}
