/// Notices when the system's clock is set, and wakes all who sleep until a time of that clock.
///
/// A sleep is measured by a steady clock, so it would end by the old time. Once a second this compares the two clocks,
/// which reads no row and is the only timer that runs while nothing is due. A machine that was suspended looks the same:
/// the steady clock stood still.
package struct ClockWatch: Sendable {
    private static let pause = Duration.seconds(1)

    private let index: StoreIndex

    package init(_ index: StoreIndex) {
        self.index = index
    }

    /// Runs until it is cancelled, and then throws. The clock may also have been set before the start.
    ///
    /// - Throws: when the index cannot be used.
    package func run() async throws {
        var clocks = ClockComparison(wall: .now(), steady: .now)
        try await index.clockWasSet()
        while true {
            try await Task.sleep(for: Self.pause)
            if clocks.wasSet(wall: .now(), steady: .now) { try await index.clockWasSet() }
        }
    }
}

/// How far the system's clock is ahead of the steady one; they belong to the caller, so this can be tested.
struct ClockComparison {
    /// Less is no more than two clocks differ that are read one after the other, or that are slewed.
    private static let tolerance = Duration.milliseconds(500)

    private var wall: Timestamp
    private var steady: SuspendingClock.Instant

    init(wall: Timestamp, steady: SuspendingClock.Instant) {
        (self.wall, self.steady) = (wall, steady)
    }

    /// Whether one of them has moved further than the other since this was last true, in either direction.
    mutating func wasSet(wall: Timestamp, steady: SuspendingClock.Instant) -> Bool {
        let ahead = self.wall.duration(to: wall) - self.steady.duration(to: steady)
        guard ahead > Self.tolerance || ahead < .zero - Self.tolerance else { return false }
        self = ClockComparison(wall: wall, steady: steady)
        return true
    }
}

extension StoreIndex {
    /// Guards against a steady clock that runs differently, and keeps sums of time small.
    private static let longestSleep = Duration.seconds(3600)

    /// Sleeps until `due` by the system's clock; nil for ever. Ends earlier when `topic` rings and `next` is then
    /// before `due` or past, so also when the clock is set (see ``ClockWatch``); and after an hour.
    ///
    /// - Throws: what `next` throws; `CancellationError` at once when the task is cancelled; ``IndexError/closed``.
    package func sleep(
        until due: Timestamp?,
        listeningTo topic: Topic,
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now,
        next: @Sendable () async throws -> Timestamp?
    ) async throws {
        let ahead = due.map { clock().duration(to: $0) } ?? Self.longestSleep
        let deadline = ContinuousClock.now + min(max(ahead, .zero), Self.longestSleep)
        _ = try await wait(for: topic, until: deadline) { () async throws -> Timestamp? in
            guard let next = try await next() else { return nil }
            return next < due ?? .distantFuture || next <= clock() ? next : nil
        }
    }

    /// Makes all who sleep until a time look at the clock again.
    func clockWasSet() async throws {
        try await write { tx in
            try tx.restartPausesAfterClockWasSetBack()
            try tx.restartNoticesAfterClockWasSetBack()
        }
        feed.doorbells.ring([.everything, .deliveries, .notices])
    }
}
