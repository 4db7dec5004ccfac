/// What is known of the last look at all bytes, and of backups.
package struct StoreCare: Sendable, Equatable {
    /// When the round of reading began that is under way, or the last one; nil before the first.
    package var checkBeganAt: Timestamp?
    package var isChecking: Bool
    /// Blobs that a check found with other bytes than their rows say.
    package var damaged: Int
    /// When the last backup was whole; nil before the first.
    package var backupMadeAt: Timestamp?
    /// While a backup is being made: until when removal is held back, unless it is asked for again.
    package var heldUntil: Timestamp?
}

extension Querying {
    /// Whose index it is.
    package func storeID() throws -> String? { try one("SELECT id FROM store") }

    /// Where the store is, if not here.
    package func movedTo() throws -> String? { try one("SELECT moved_to FROM store") }

    /// - Throws: ``IndexError/moved(to:)`` when the store is elsewhere than for whoever asks.
    func checkNotMoved(from place: String) throws {
        if let elsewhere = try movedTo(), elsewhere != place { throw IndexError.moved(to: elsewhere) }
    }

    package func storeCare(at now: Timestamp) throws -> StoreCare {
        let place = try scrubPlace()
        return StoreCare(
            checkBeganAt: place.beganAt,
            isChecking: place.key != nil,
            damaged: try one("SELECT count(*) FROM blobs WHERE damaged_at IS NOT NULL") ?? 0,
            backupMadeAt: try one("SELECT backed_up_at FROM store"),
            heldUntil: try removalHold(at: now)
        )
    }
}

extension Transaction {
    /// The store has arrived: from now on it is here.
    package func arrive() throws { try execute("UPDATE store SET moved_to = NULL") }

    /// Notes that a backup is whole.
    package func noteBackup() throws {
        try execute("UPDATE store SET backed_up_at = ?", [now])
    }
}
