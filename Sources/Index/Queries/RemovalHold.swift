// While a backup is being made, no file is removed: what a copy of the index names stays until it is copied too. Each
// backup has a hold of its own. It is asked for again and again, so it ends by itself when nobody asks any more. It is
// kept in the index, so a restart does not end it.

/// How long one request holds removal back: longer than it takes to copy a very large index.
private let holdTime = Duration.seconds(600)

extension Querying {
    /// Until when removal is held back, unless somebody asks again; nil while it is not. A hold that ends later than
    /// any can was taken before the clock was set back.
    package func removalHold(at now: Timestamp) throws -> Timestamp? {
        try one("SELECT max(until) FROM removal_holds WHERE until > ? AND until <= ?", [now, now + holdTime])
    }
}

extension Transaction {
    /// Holds removal back for ten minutes from now, and returns whether this hold has lasted until now.
    ///
    /// - Parameter id: of the hold; any text.
    package func holdRemoval(_ id: String) throws -> Bool {
        try execute("DELETE FROM removal_holds WHERE until <= ? OR until > ?", [now, now + holdTime])
        let wasHeld = try exists("SELECT 1 FROM removal_holds WHERE id = ?", [id])
        try execute(SQL.hold, [id, now + holdTime])
        return wasHeld
    }

    /// Lets files be removed again, unless there is another hold.
    package func endRemovalHold(_ id: String) throws {
        try execute("DELETE FROM removal_holds WHERE id = ?", [id])
    }
}

private enum SQL {
    static let hold = """
        INSERT INTO removal_holds (id, until) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET until = excluded.until
        """
}
