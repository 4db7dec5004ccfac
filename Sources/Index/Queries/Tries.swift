import FoundationEssentials

/// How often somebody may try, by the generic cell rate algorithm (ITU-T I.371).
package struct TryLimit: Sendable {
    /// SHA-256 of whose tries are counted together, 32 bytes.
    let guesser: [UInt8]
    let interval: Duration
    /// How many may come at once after a silence.
    let burst: Int

    package init(ofGuesser hash: [UInt8], interval: Duration, burst: Int) {
        (guesser, self.interval, self.burst) = (hash, interval, burst)
    }

    /// When the one after this would be due, if this one may happen now; else how long to wait.
    func next(after stored: Timestamp?, at now: Timestamp) -> Result<Timestamp, TryRefusal> {
        // No row is further ahead, but for one that was written before the clock was set back.
        let due = min(max(stored ?? now, now), now + interval * burst)
        let wait = now.duration(to: due) - interval * (burst - 1)
        return wait > .zero ? .failure(TryRefusal(wait: wait)) : .success(due + interval)
    }
}

/// Too many tries.
package struct TryRefusal: Error, Equatable {
    package let wait: Duration
}

extension Transaction {
    /// Counts one try by each of the limits.
    ///
    /// - Throws: ``TryRefusal`` when one of them allows none; then none has counted.
    package func takeTry(_ limits: [TryLimit]) throws {
        let ends = try limits.map { limit in
            let stored: Timestamp? = try one(SQL.find, [Data(limit.guesser)])
            return try limit.next(after: stored, at: now).get()
        }
        for (limit, end) in zip(limits, ends) { try execute(SQL.set, [Data(limit.guesser), end]) }
        try execute(SQL.removeOld, [now])
    }

    /// Takes back a try that is not to count after all.
    package func giveBackTry(_ limit: TryLimit) throws {
        try execute(SQL.giveBack, [Int64(limit.interval / .milliseconds(1)), Data(limit.guesser)])
    }

    /// Forgets all tries that were counted by the limit.
    package func forgetTries(_ limit: TryLimit) throws {
        try execute(SQL.forget, [Data(limit.guesser)])
    }
}

private enum SQL {
    static let find = "SELECT next_at FROM tries WHERE guesser = ?"
    static let set = """
        INSERT INTO tries (guesser, next_at) VALUES (?, ?) ON CONFLICT (guesser) DO UPDATE SET next_at = excluded.next_at
        """
    static let giveBack = "UPDATE tries SET next_at = next_at - ? WHERE guesser = ?"
    static let forget = "DELETE FROM tries WHERE guesser = ?"
    static let removeOld = """
        DELETE FROM tries WHERE guesser IN (SELECT guesser FROM tries WHERE next_at <= ? ORDER BY next_at LIMIT 100)
        """
}
