extension Transaction {
    /// Takes a lease that nobody else has, or prolongs it.
    ///
    /// - Parameter holder: names the node.
    /// - Returns: false while another holder has it.
    package func takeLease(_ name: String, for holder: String, lasting time: Duration) throws -> Bool {
        try execute(SQL.take, [name, holder, now + time, now]) > 0
    }

    /// Lets the next one have a lease at once, if this holder has it.
    package func endLease(_ name: String, of holder: String) throws {
        try execute("DELETE FROM leases WHERE name = ? AND holder = ?", [name, holder])
    }
}

private enum SQL {
    static let take = """
        INSERT INTO leases (name, holder, until) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE leases.holder = excluded.holder OR leases.until <= ?
        """
}
