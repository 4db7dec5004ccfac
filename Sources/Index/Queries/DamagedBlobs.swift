// Keys under which a check found other bytes than their rows say.

extension Querying {
    package func damagedKeys() throws -> [String] {
        try all("SELECT key FROM blobs WHERE damaged_at IS NOT NULL", [])
    }
}

extension Transaction {
    /// Returns whether a blob has that key.
    package func markDamaged(_ key: String) throws -> Bool {
        try execute("UPDATE blobs SET damaged_at = coalesce(damaged_at, ?) WHERE key = ?", [now, key]) > 0
    }

    package func unmarkDamaged(_ key: String) throws {
        try execute("UPDATE blobs SET damaged_at = NULL WHERE key = ?", [key])
    }
}
