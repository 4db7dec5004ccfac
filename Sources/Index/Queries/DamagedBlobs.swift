// What is known of damage: keys under which a check found other bytes than their rows say, and the files of contents
// whose bytes are damaged in whatever way.

extension Querying {
    /// Each key with damaged bytes, and whether it has other bytes of the right length.
    package func damagedKeys() throws -> [DamagedKey] {
        try all(SQL.damaged)
    }
}

package struct DamagedKey: RowReadable, Sendable, Equatable {
    package let key: String
    package let hasOtherBytes: Bool

    init(row: inout Row) {
        key = row.next()
        hasOtherBytes = row.next()
    }
}

extension Transaction {
    /// Notes that a key has other bytes than its row says, and marks its files. Returns whether a blob has that key.
    package func markDamaged(_ key: String) throws -> Bool {
        guard try execute(SQL.mark, [now, key]) > 0 else { return false }
        return try markFilesDamaged(key)
    }

    package func unmarkDamaged(_ key: String) throws {
        try execute("UPDATE blobs SET damaged_at = NULL WHERE key = ?", [key])
    }

    /// Marks the files with the content whose bytes are damaged under a key, and tells those who look at their messages.
    /// Returns whether a blob has that key: what an upload has mended meanwhile has another.
    package func markFilesDamaged(_ key: String) throws -> Bool {
        guard let sha256: String = try one("SELECT sha256 FROM blobs WHERE key = ?", [key]) else { return false }
        try tell(of: try all(SQL.markFiles, [now, sha256]))
        return true
    }

    /// Takes the marks back: the bytes are whole again.
    package func unmarkFiles(sha256: String) throws {
        try tell(of: try all(SQL.unmarkFiles, [sha256]))
    }

    private func tell(of files: [MarkedFile]) throws {
        let messages = Dictionary(files.compactMap { file in file.messageID.map { ($0, file.channelID) } }) { $1 }
        for (id, channelID) in messages { try announce(Change(.messageUpdated, channelID: channelID, messageID: id)) }
    }
}

private struct MarkedFile: RowReadable {
    let channelID: Agent.ID
    let messageID: Message.ID?

    init(row: inout Row) {
        channelID = row.next()
        messageID = row.next()
    }
}

private enum SQL {
    static let damaged = """
        SELECT key, 1 FROM blobs WHERE damaged_at IS NOT NULL
        UNION ALL SELECT key, 0 FROM blobs
            WHERE sha256 IN (SELECT sha256 FROM attachments WHERE damaged_at IS NOT NULL) AND damaged_at IS NULL
        """
    static let mark = "UPDATE blobs SET damaged_at = coalesce(damaged_at, ?) WHERE key = ?"
    static let markFiles = """
        UPDATE attachments SET damaged_at = ? WHERE sha256 = ? AND damaged_at IS NULL RETURNING channel_id, message_id
        """
    static let unmarkFiles = """
        UPDATE attachments SET damaged_at = NULL
        WHERE sha256 = ? AND damaged_at IS NOT NULL RETURNING channel_id, message_id
        """
}
