/// A waiter with its deadline. Those with the same deadline are ordered by arrival.
struct Waiter: Sendable, Hashable, Comparable {
    let deadline: ContinuousClock.Instant
    let id: UInt64

    static func < (left: Waiter, right: Waiter) -> Bool {
        (left.deadline, left.id) < (right.deadline, right.id)
    }
}

/// Decides whose time is up, and when the one timer must fire next. Clock and timer belong to the caller, so this can
/// be tested without waiting.
///
/// A timer is never cancelled: one that is no longer needed fires without effect.
struct Deadlines {
    /// How far ahead a timer is set at most. Later deadlines are looked at again then.
    static let maxAhead = Duration.seconds(24 * 60 * 60)

    /// Sorted. Long-polls have much the same timeout, so a new one belongs near the end.
    private var waiters: [Waiter] = []
    private var timer: ContinuousClock.Instant?

    var count: Int { waiters.count }

    /// Returns when to set a timer; nil when the one that is set will do.
    mutating func insert(_ waiter: Waiter, now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        waiters.insert(waiter, at: position(of: waiter))
        return nextTimer(now)
    }

    mutating func remove(_ waiter: Waiter) {
        let position = position(of: waiter)
        guard position < waiters.count, waiters[position] == waiter else { return }
        waiters.remove(at: position)
    }

    /// Removes those whose time is up, and returns them with the moment for the next timer.
    mutating func timerFired(
        setFor moment: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) -> (due: [Waiter], timer: ContinuousClock.Instant?) {
        guard timer == moment else { return ([], nil) }
        timer = nil
        // The timer's clock may run slightly ahead of ours.
        let end = position(of: Waiter(deadline: max(moment, now), id: .max))
        let due = Array(waiters[..<end])
        waiters.removeSubrange(..<end)
        return (due, nextTimer(now))
    }

    private mutating func nextTimer(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let first = waiters.first else { return nil }
        let moment = min(first.deadline, now + Self.maxAhead)
        if let timer, timer <= moment { return nil }
        timer = moment
        return moment
    }

    /// The position of the first one that is not before `waiter`.
    private func position(of waiter: Waiter) -> Int {
        var range = 0..<waiters.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            if waiters[middle] < waiter {
                range = middle + 1..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound
    }
}
