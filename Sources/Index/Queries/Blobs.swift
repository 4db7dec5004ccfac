extension Querying {
    /// The blob with that digest, in lower-case hex.
    package func blob(sha256: String) throws -> Blob? {
        try one(SQL.blobByDigest, [sha256])
    }

    /// The ones among `keys` that belong to a blob row. Files under the others are garbage (invariant 2).
    package func referencedKeys(among keys: [String]) throws -> Set<String> {
        // One look-up per key, so that the statement is the same for any number of keys.
        Set(try keys.filter { try exists("SELECT 1 FROM blobs WHERE key = ?", [$0]) })
    }

    /// Doomed keys whose time has come, in the order in which it came, after `last`: at most `limit`; none while a backup is
    /// being made. Keys that were doomed together are in order.
    package func dueDoomedKeys(now: Timestamp, after last: DueKey? = nil, limit: Int) throws -> [DueKey] {
        if try removalHold(at: now) != nil { return [] }
        return try all(SQL.dueKeys, [last?.since ?? Timestamp(milliseconds: .min), last?.key ?? "", now, limit])
    }

    /// When the next doomed key is due; while a backup is being made, not before that is over. Nil for never.
    package func nextDoomedKey(now: Timestamp) throws -> Timestamp? {
        guard let due: Timestamp = try one("SELECT min(not_before) FROM doomed_keys") else { return nil }
        return max(due, try removalHold(at: now) ?? due)
    }

    /// How many blobs there are.
    package func blobCount() throws -> Int {
        try one("SELECT count(*) FROM blobs") ?? 0
    }
}

extension Transaction {
    /// Stores a blob, unless its digest is already there; returns the stored one (invariant 3).
    ///
    /// If the returned blob has another key, the caller's key is garbage: doom it in the same transaction.
    ///
    /// - Throws: ``IndexError/duplicate`` when a blob with another digest has the key.
    package func insertBlobOrKeepWinner(_ blob: Blob) throws -> Blob {
        if try execute(SQL.insertBlob, blob.values) > 0 { return blob }
        guard let winner = try self.blob(sha256: blob.sha256) else { throw IndexError.missingReference }
        return winner
    }

    /// Gives a blob another key, because the bytes under the old one are damaged, dooms the old one, and takes the
    /// marks of damage from its files. False when the blob is gone, or has another key by now.
    package func moveBlob(sha256: String, from oldKey: String, to key: String) throws -> Bool {
        guard try execute(SQL.move, [key, sha256, oldKey]) > 0 else {
            return false
        }
        try doom(key: oldKey, notBefore: now)
        try unmarkFiles(sha256: sha256)
        return true
    }

    /// Notes that the file under `key` is to be removed from `notBefore` on. If the key is doomed already, nothing
    /// changes, but for one that is being published: that is given up.
    package func doom(key: String, notBefore: Timestamp) throws {
        try execute(SQL.doom, [key, notBefore])
    }

    /// Ends the undo of doomed keys, and returns those that are still doomed: nothing brings them back any more, and no
    /// unit gives them a row, so their files may be removed. One whose publish has renewed its lease is left out.
    package func claimDoomed(_ keys: [String]) throws -> [DoomedKey] {
        for key in keys { try execute("DELETE FROM collected_blobs WHERE key = ?", [key]) }
        let doomed: [DoomedKey] = try keys.compactMap { try one(SQL.doomedKey, [$0, now]) }
        for key in doomed where key.state == .publishing { try abandonPublish(of: key.key) }
        return doomed
    }

    /// Forgets a doomed key once its file is gone, unless more bytes may come: then it is to be removed once more. Does
    /// nothing when the key is not doomed.
    package func removeDoomed(key: String) throws {
        if try execute("DELETE FROM doomed_keys WHERE key = ? AND state <> 'abandoned'", [key]) == 0 {
            try execute(SQL.removedOnce, [now + DoomedKey.lateness, key])
        }
    }
}

/// A doomed key whose time has come.
package struct DueKey: RowReadable, Sendable {
    package let since: Timestamp
    package let key: String

    init(row: inout Row) {
        since = row.next()
        key = row.next()
    }
}

/// A key whose bytes are to be removed.
package struct DoomedKey: RowReadable, Sendable {
    /// How late bytes may arrive that were sent to a bucket before their publish was given up.
    static let lateness = Duration.seconds(60 * 60)

    package let key: String
    /// Of an upload in parts to the bucket, which may not have ended.
    package let uploadID: String?
    fileprivate let state: State

    /// See `0003.sql`.
    fileprivate enum State: String, Storable { case publishing, abandoned, doomed, removed }

    init(row: inout Row) {
        key = row.next()
        uploadID = row.next()
        state = row.next()
    }
}

private enum SQL {
    static let blobByDigest = "SELECT \(Blob.columns) FROM blobs WHERE sha256 = ?"
    static let insertBlob = "\(Blob.columns.insert()) ON CONFLICT (sha256) DO NOTHING"
    static let move = "UPDATE blobs SET key = ?, damaged_at = NULL WHERE sha256 = ? AND key = ?"
    static let dueKeys = """
        SELECT not_before, key FROM doomed_keys WHERE (not_before, key) > (?, ?) AND not_before <= ?
        ORDER BY not_before, key LIMIT ?
        """
    static let doom = """
        INSERT INTO doomed_keys (key, not_before) VALUES (?, ?) ON CONFLICT (key)
        DO UPDATE SET not_before = excluded.not_before, state = 'abandoned' WHERE doomed_keys.state = 'publishing'
        """
    static let doomedKey = """
        SELECT key, upload_id, state FROM doomed_keys
        WHERE key = ? AND NOT (state = 'publishing' AND not_before > ?)
        """
    static let removedOnce = """
        UPDATE doomed_keys SET state = 'removed', not_before = ?, upload_id = NULL WHERE key = ? AND state = 'abandoned'
        """
}
