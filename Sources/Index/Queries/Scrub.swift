/// How far the store was read again, in rounds over all keys.
package struct ScrubPlace: Sendable, Equatable {
    /// The last key that was read; nil when the round is done, or none was ever begun.
    package var key: String?
    /// When the round began; nil before the first.
    package var beganAt: Timestamp?

    package init(key: String? = nil, beganAt: Timestamp? = nil) {
        (self.key, self.beganAt) = (key, beganAt)
    }
}

extension ScrubPlace: RowReadable {
    init(row: inout Row) {
        key = row.next()
        beganAt = row.next()
    }
}

extension Querying {
    package func scrubPlace() throws -> ScrubPlace {
        try one("SELECT scrubbed_to, scrub_began_at FROM store") ?? ScrubPlace()
    }
}

extension Transaction {
    package func setScrubPlace(_ place: ScrubPlace) throws {
        try execute("UPDATE store SET scrubbed_to = ?, scrub_began_at = ?", [place.key, place.beganAt])
    }
}
