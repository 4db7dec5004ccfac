/// What the scheduled collector saw when it looked at the clock.
package enum CollectionLook: Sendable, Equatable {
    /// The clock shows an earlier time than at the last look. All looks are forgotten, and the wait begins anew.
    case clockSetBack
    /// Since the last look the clock has gone on by so much more than a server has run.
    case clockAhead(by: Duration, due: Timestamp?)
    /// What was due at that moment may be taken; nil while no look is old enough.
    case due(at: Timestamp?)
}

extension Querying {
    /// What the clock showed at the last look after which a server has run for the grace; nil while there is none.
    func dueLook(grace: Duration) throws -> Timestamp? {
        let last: Look? = try one(SQL.last)
        let due: Look? = try last.flatMap { try one(SQL.due, [Timestamp(milliseconds: $0.ran) + (.zero - grace)]) }
        return due?.moment
    }
}

extension Transaction {
    /// Clocks that are slewed or read one after the other differ by less.
    private static let tolerance = Duration.seconds(60)

    /// Notes a look of the scheduled collector, and finds the last one after which a server has run for the grace.
    ///
    /// - Parameters:
    ///   - moment: what the clock shows.
    ///   - elapsed: how long this server has run since its last look, by a clock that nobody sets.
    package func noteCollectionLook(
        at moment: Timestamp,
        after elapsed: Duration,
        grace: Duration
    ) throws -> CollectionLook {
        let last: Look? = try one(SQL.last)
        let ahead = last.map { $0.moment.duration(to: moment) - elapsed } ?? .zero
        if ahead < .zero - Self.tolerance {
            try execute("DELETE FROM collection_looks")
            // Else they would wait until the clock has come there again.
            try execute("UPDATE unreferenced_blobs SET since = ? WHERE since > ?", [moment, moment])
        }
        let ran = Timestamp(milliseconds: last?.ran ?? 0) + elapsed
        try execute("INSERT OR REPLACE INTO collection_looks (ran, moment) VALUES (?, ?)", [ran, moment])
        if ahead < .zero - Self.tolerance { return .clockSetBack }
        let due: Look? = try one(SQL.due, [ran + (.zero - grace)])
        if let due { try execute("DELETE FROM collection_looks WHERE ran < ?", [due.ran]) }
        return ahead > grace ? .clockAhead(by: ahead, due: due?.moment) : .due(at: due?.moment)
    }
}

private struct Look: RowReadable {
    let ran: Int64
    let moment: Timestamp

    init(row: inout Row) {
        ran = row.next()
        moment = row.next()
    }
}

private enum SQL {
    static let last = "SELECT ran, moment FROM collection_looks ORDER BY ran DESC LIMIT 1"
    static let due = "SELECT ran, moment FROM collection_looks WHERE ran <= ? ORDER BY ran DESC LIMIT 1"
}
