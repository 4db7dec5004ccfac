// What is removed for its age goes by these looks, not by what the clock shows at the moment: the clock may be wrong.

/// What a look at the clock shows.
package enum ClockLook: Sendable, Equatable {
    /// The clock shows an earlier time than at the last look. All looks are forgotten, and the wait begins anew.
    case clockSetBack
    /// Since the last look the clock has gone on by so much more than a server has run.
    case clockAhead(by: Duration, due: Timestamp?)
    /// What was due at that moment may be taken; nil while no look is old enough.
    case due(at: Timestamp?)
}

/// Clocks that are slewed or read one after the other differ by less.
private let tolerance = Duration.seconds(60)

extension Querying {
    /// The last look since which servers have run for the grace, as the clock showed it then: what was too old at that
    /// moment may go. Nil while there is none, and when the clock was set back since the last look.
    package func settledMoment(at now: Timestamp, grace: Duration) throws -> Timestamp? {
        guard let last: Look = try one(SQL.last), now >= last.moment + (.zero - tolerance) else { return nil }
        let due: Look? = try one(SQL.due, [last.time + (.zero - grace)])
        return due?.moment
    }

    /// When the schedule takes what lost its last file at `since`, at the earliest, if a server runs until then. It may
    /// be ten minutes sooner, for what has run since the last look does not count yet.
    ///
    /// Reads the looks of a day.
    func earliestCollection(ofUnreferencedSince since: Timestamp, at now: Timestamp, grace: Duration) throws
        -> Timestamp
    {
        // A look counts for what was unreferenced before its second.
        let first: Look? = try one(SQL.after, [since])
        guard let first, let last: Look = try one(SQL.last) else { return now + grace }
        return now + max(grace - first.time.duration(to: last.time), .zero)
    }
}

extension Transaction {
    /// Notes a look at the clock, and finds the last one since which a server has run for the grace.
    ///
    /// - Parameters:
    ///   - moment: what the clock shows.
    ///   - elapsed: how long this server has run since its last look, by a clock that nobody sets.
    package func noteClockLook(at moment: Timestamp, after elapsed: Duration, grace: Duration) throws -> ClockLook {
        let last: Look? = try one(SQL.last)
        let ahead = last.map { $0.moment.duration(to: moment) - elapsed } ?? .zero
        if ahead < .zero - tolerance {
            try execute("DELETE FROM clock_looks")
            // Else they would wait until the clock has come there again.
            try execute("UPDATE unreferenced_blobs SET since = ? WHERE since > ?", [moment, moment])
        }
        let ran = (last?.time ?? Timestamp(milliseconds: 0)) + elapsed
        try execute(SQL.note, [ran, moment])
        if ahead < .zero - tolerance { return .clockSetBack }
        let due: Look? = try one(SQL.due, [ran + (.zero - grace)])
        if let due { try execute("DELETE FROM clock_looks WHERE ran < ?", [due.time]) }
        return ahead > grace ? .clockAhead(by: ahead, due: due?.moment) : .due(at: due?.moment)
    }
}

private struct Look: RowReadable {
    /// By the time that servers have run in all.
    let time: Timestamp
    let moment: Timestamp

    init(row: inout Row) {
        time = row.next()
        moment = row.next()
    }
}

private enum SQL {
    static let note = """
        INSERT INTO clock_looks (ran, moment) VALUES (?, ?) ON CONFLICT (ran) DO UPDATE SET moment = excluded.moment
        """
    static let last = "SELECT ran, moment FROM clock_looks ORDER BY ran DESC LIMIT 1"
    static let due = "SELECT ran, moment FROM clock_looks WHERE ran <= ? ORDER BY ran DESC LIMIT 1"
    static let after = "SELECT ran, moment FROM clock_looks WHERE moment - moment % 1000 > ? ORDER BY ran LIMIT 1"
}
