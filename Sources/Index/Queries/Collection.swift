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
    package func removeFiles(of plan: CollectionPlan.ID, in run: RunningCollection, limit: Int) throws -> Int {
        let ids: [Attachment.ID] = try all(SQL.expired, [plan.moment, limit])
        guard !ids.isEmpty else { return 0 }
        try note(run, files: ids.count, blobs: CollectedBlobs())
        for id in ids {
            if run.canBeUndone { try execute(SQL.keepFile, [run.id, now + run.undo, id]) }
            try execute("DELETE FROM attachments WHERE id = ?", [id])
        }
        return ids.count
    }

    /// Deletes those of the blobs that a plan takes now as before, and dooms their keys. A foreign key refuses the
    /// deletion of a blob that is in use (invariant 6).
    ///
    /// - Parameter digests: in order. Neighbours share pages of the index, so a unit changes a few of them.
    /// - Returns: what their bytes free, once they are removed.
    package func collectBlobs(
        _ digests: ArraySlice<String>,
        of plan: CollectionPlan.ID,
        in run: RunningCollection
    ) throws -> CollectedBlobs {
        let blobs: [Blob] = try digests.compactMap { try one(SQL.unreferenced, [$0, plan.unreferencedBefore]) }
        let collected = CollectedBlobs(count: blobs.count, bytes: blobs.reduce(0) { $0 + $1.size })
        guard !blobs.isEmpty else { return collected }
        try note(run, files: 0, blobs: collected)
        for blob in blobs {
            try doom(key: blob.key, notBefore: now + run.undo)
            if run.canBeUndone { try execute(SQL.keepBlob, [run.id, blob.sha256]) }
            try execute("DELETE FROM blobs WHERE sha256 = ?", [blob.sha256])
        }
        return collected
    }

    /// Adds to the row of a run, which the first that it takes makes, and to its entry in the audit log.
    private func note(_ run: RunningCollection, files: Int, blobs: CollectedBlobs) throws {
        let until = run.canBeUndone ? now + run.undo : nil
        try execute(SQL.note, [run.id, run.startedBy, now, now, until, files, blobs.count, blobs.bytes])
        try note(.collected, run.id.rawValue, adding: files + blobs.count)
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
    static let note = """
        INSERT INTO collections
            (id, started_by, began_at, ended_at, undo_until, file_count, blob_count, blob_bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            ended_at = excluded.ended_at, undo_until = excluded.undo_until,
            file_count = collections.file_count + excluded.file_count,
            blob_count = collections.blob_count + excluded.blob_count,
            blob_bytes = collections.blob_bytes + excluded.blob_bytes
        """
    static let expired = """
        SELECT id FROM attachments WHERE message_id IS NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?
        """
    static let keepFile = """
        INSERT INTO collected_files
        SELECT id, ?, ?, channel_id, sha256, filename, mime_type, charset, detector, declared_mime_type, size,
            created_at
        FROM attachments WHERE id = ?
        """
    // Damaged bytes are not worth it.
    static let keepBlob = """
        INSERT INTO collected_blobs
        SELECT key, ?, sha256, blobs.size, crc32, created_at, channel_id, reason
        FROM unreferenced_blobs CROSS JOIN blobs USING (sha256)
        WHERE unreferenced_blobs.sha256 = ? AND damaged_at IS NULL
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
