extension Querying {
    /// The run of that id, if it is still kept.
    package func collectionRun(_ id: CollectionRun.ID) throws -> CollectionRun? {
        try one("SELECT \(CollectionRun.columns) FROM collections WHERE id = ?", [id])
    }

    /// The runs that are kept, the newest first.
    ///
    /// - Parameter id: the last one on the page before.
    package func collectionRuns(before id: CollectionRun.ID?, limit: Int) throws -> [CollectionRun] {
        try all(SQL.runs, [id ?? .afterAll, limit])
    }

    /// Blobs of a run that can still be brought back: at most `limit`. Their bytes may be claimed at any moment.
    package func blobsToBringBack(of run: CollectionRun.ID, limit: Int) throws -> [Blob] {
        try all(SQL.blobs, [run, limit])
    }

    /// Whether a blob or a file of a run can still be brought back.
    package func hasToBringBack(of run: CollectionRun.ID) throws -> Bool {
        try exists(SQL.rest, [run, run])
    }

    /// How many blobs and files of a run can still be brought back. Reads an entry for each.
    package func countToBringBack(of run: CollectionRun.ID) throws -> Int {
        try one(SQL.count, [run, run]) ?? 0
    }

    /// When rows of files that were collected may be forgotten; nil for never.
    package func nextEndOfUndo() throws -> Timestamp? {
        try one("SELECT min(until) FROM collected_files")
    }
}

extension Transaction {
    /// Brings blobs back as they were, in no file, and with a grace of their own.
    ///
    /// The row of a collected blob decides: without one, somebody is about to remove the bytes. A blob that was stored
    /// again stays as it is now, and the old key stays doomed.
    ///
    /// - Parameter blobs: their bytes were there a moment ago.
    package func bringBack(_ blobs: [Blob], of run: CollectionRun.ID) throws -> UndoneCollection {
        var undone = UndoneCollection()
        for blob in blobs {
            guard try exists("SELECT 1 FROM collected_blobs WHERE key = ? AND run_id = ?", [blob.key, run]) else {
                undone.lost += 1
                continue
            }
            if try self.blob(sha256: blob.sha256) != nil {
                undone.storedAgain += 1
                try forgetCollected([blob])
                continue
            }
            undone.blobs.add(blob.size)
            try execute(SQL.insertBlob, blob.values)
            try execute(SQL.insertUnreferenced, [now, blob.key])
            try removeDoomed(key: blob.key)
        }
        try note(undone.blobs.count, of: run)
        return undone
    }

    /// Gives blobs up whose bytes are not there: no undo finds them again.
    package func forgetCollected(_ blobs: [Blob]) throws {
        for blob in blobs { try execute("DELETE FROM collected_blobs WHERE key = ?", [blob.key]) }
    }

    /// Brings expired files back, with a new expiry: at most `limit`. One whose bytes or channel are gone is lost.
    package func bringBackFiles(
        of run: CollectionRun.ID,
        until expiry: Timestamp,
        limit: Int
    ) throws -> UndoneCollection {
        var undone = UndoneCollection()
        let ids: [Attachment.ID] = try all("SELECT id FROM collected_files WHERE run_id = ? LIMIT ?", [run, limit])
        for id in ids {
            let isBack = try execute(SQL.insertFile, [expiry, id]) > 0
            undone.files += isBack ? 1 : 0
            undone.lost += isBack ? 0 : 1
            try execute("DELETE FROM collected_files WHERE id = ?", [id])
        }
        try note(undone.files, of: run)
        return undone
    }

    /// Notes that whoever acts here has brought so much of a run back.
    private func note(_ count: Int, of run: CollectionRun.ID) throws {
        try execute("UPDATE collections SET undone_at = ? WHERE id = ?", [now, run])
        if count > 0 { try note(.collectionUndone, run.rawValue, adding: count) }
    }

    /// Forgets files whose undo is over, and the oldest of more than ``CollectionRun/kept`` runs that nothing can be
    /// brought back of: at most `limit` of each.
    package func removeEndedUndo(limit: Int) throws {
        try execute(SQL.removeFiles, [now, limit])
        try execute(SQL.removeRuns, [CollectionRun.kept, limit])
    }
}

/// What an undo did.
package struct UndoneCollection: Sendable, Equatable {
    /// Unattached files that are back.
    package var files = 0
    /// Blobs that are back.
    package var blobs = StoredAmount()
    /// Blobs that an upload has stored again meanwhile: nothing was to be done.
    package var storedAgain = 0
    /// Files and blobs whose bytes, and files whose channel, are gone.
    package var lost = 0

    package init() {}

    package static func += (sum: inout Self, more: Self) {
        sum.files += more.files
        sum.blobs = sum.blobs + more.blobs
        sum.storedAgain += more.storedAgain
        sum.lost += more.lost
    }
}

private enum SQL {
    static let runs = "SELECT \(CollectionRun.columns) FROM collections WHERE id < ? ORDER BY id DESC LIMIT ?"
    static let blobs = "SELECT \(Blob.columns) FROM collected_blobs AS blobs WHERE run_id = ? LIMIT ?"
    static let rest = """
        SELECT 1 FROM collected_blobs WHERE run_id = ? UNION ALL SELECT 1 FROM collected_files WHERE run_id = ?
        """
    static let count = """
        SELECT (SELECT count(*) FROM collected_blobs WHERE run_id = ?)
            + (SELECT count(*) FROM collected_files WHERE run_id = ?)
        """
    static let insertBlob = Blob.columns.insert()
    static let insertUnreferenced = """
        INSERT INTO unreferenced_blobs SELECT sha256, ?, size, channel_id, reason FROM collected_blobs WHERE key = ?
        """
    static let insertFile = """
        INSERT INTO attachments (expires_at, id, channel_id, sha256, filename, mime_type, charset, detector,
            declared_mime_type, size, created_at)
        SELECT ?, id, channel_id, sha256, filename, mime_type, charset, detector, declared_mime_type, size, created_at
        FROM collected_files
        WHERE id = ? AND EXISTS (SELECT 1 FROM blobs WHERE sha256 = collected_files.sha256)
            AND EXISTS (SELECT 1 FROM agents WHERE id = collected_files.channel_id AND removed_at IS NULL)
        """
    static let removeFiles = """
        DELETE FROM collected_files WHERE id IN (SELECT id FROM collected_files WHERE until <= ? ORDER BY until LIMIT ?)
        """
    // Ids grow with time.
    static let removeRuns = """
        DELETE FROM collections WHERE id IN (
            SELECT id FROM collections
            WHERE id <= (SELECT id FROM collections ORDER BY id DESC LIMIT 1 OFFSET ?)
                AND NOT EXISTS (SELECT 1 FROM collected_blobs WHERE run_id = collections.id)
                AND NOT EXISTS (SELECT 1 FROM collected_files WHERE run_id = collections.id)
            ORDER BY id LIMIT ?
        )
        """
}
