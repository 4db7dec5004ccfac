// While a backup is being made, no file is removed: what a copy of the index names stays until it is copied too. The
// hold is asked for again and again, so it ends by itself when nobody asks any more. It is kept in the index, so a
// restart does not end it.

/// How long one request holds removal back: longer than it takes to copy a very large index.
private let holdTime = Duration.seconds(600)

extension Querying {
    /// Whether removal is held back. A hold that ends later than any can was taken before the clock was set back.
    package func isRemovalHeld(at now: Timestamp) throws -> Bool {
        try exists(
            "SELECT 1 FROM store WHERE removal_held_until > ? AND removal_held_until <= ?",
            [now, now + holdTime]
        )
    }
}

extension Transaction {
    /// Holds removal back for ten minutes from now, and returns whether it was held back until now.
    package func holdRemoval() throws -> Bool {
        let wasHeld = try isRemovalHeld(at: now)
        try execute("UPDATE store SET removal_held_until = ?", [now + holdTime])
        return wasHeld
    }

    /// Lets files be removed again.
    package func endRemovalHold() throws {
        try execute("UPDATE store SET removal_held_until = NULL", [])
    }
}
