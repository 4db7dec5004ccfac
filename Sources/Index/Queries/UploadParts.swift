// What has come of uploads whose bytes go into a bucket. A trigger dooms a part whose row goes, in the same unit.

extension Querying {
    /// What has come of an upload, in order.
    package func parts(of id: PartialUpload.ID) throws -> [UploadPart] {
        try all(SQL.ofUpload, [id])
    }

    /// How many bytes of an upload are in parts.
    package func partBytes(of id: PartialUpload.ID) throws -> Int {
        try one(SQL.end, [id]) ?? 0
    }

    /// Parts in the order of their keys, after that one, at most `limit`.
    package func parts(afterKey key: String, limit: Int) throws -> [UploadPart] {
        try all(SQL.byKey, [key, limit])
    }

    /// Whether a part has that key.
    package func isPart(key: String) throws -> Bool {
        try exists("SELECT 1 FROM upload_parts WHERE key = ?", [key])
    }
}

extension Transaction {
    /// Notes the next part of an upload. False when the upload has ended, or does not go on where the part begins: of
    /// two requests that send the same bytes one is first.
    package func add(_ part: UploadPart, by user: ActingUser) throws -> Bool {
        let values: [any Storable] = [
            part.start + part.size, now + PartialUpload.lifetime, part.uploadID, user.id, part.start, now,
        ]
        guard try execute(SQL.advance, values) > 0 else { return false }
        try execute(UploadPart.columns.insert(), part.values)
        return true
    }

    /// Dooms the parts of an upload that needs them no more.
    func removeParts(of id: PartialUpload.ID) throws {
        try execute("DELETE FROM upload_parts WHERE upload_id = ?", [id])
    }
}

private enum SQL {
    static let ofUpload = "SELECT \(UploadPart.columns) FROM upload_parts WHERE upload_id = ? ORDER BY start"
    static let end = "SELECT start + size FROM upload_parts WHERE upload_id = ? ORDER BY start DESC LIMIT 1"
    static let byKey = "SELECT \(UploadPart.columns) FROM upload_parts WHERE key > ? ORDER BY key LIMIT ?"
    static let advance = """
        UPDATE partial_uploads SET received = ?, expires_at = ?
        WHERE id = ? AND user_id = ? AND received = ? AND received < length AND expires_at > ?
        """
}
