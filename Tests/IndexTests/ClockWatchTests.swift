import Synchronization
import Testing

@testable import Index

@Suite("A clock that is set")
struct ClockWatchTests {
    private static let start = (wall: Timestamp.sample, steady: SuspendingClock.now)

    @Test(
        "A step of either clock is seen, in either direction, and once; slewing and a late look are none",
        arguments: [
            (3600.0, 1.0, true), (-3600, 1, true), (0.6, 1, false), (1.6, 1, true), (3601, 3601, false),
            (1.2, 1, false), (1, 3600, true),
        ]
    )
    func steps(wall: Double, steady: Double, isStep: Bool) {
        var clocks = ClockComparison(wall: Self.start.wall, steady: Self.start.steady)
        let now = (Self.start.wall + .seconds(wall), Self.start.steady + .seconds(steady))
        #expect(clocks.wasSet(wall: now.0, steady: now.1) == isStep)
        #expect(!clocks.wasSet(wall: now.0, steady: now.1) || !isStep)
    }

    @Test("Small steps add up")
    func drift() {
        var clocks = ClockComparison(wall: Self.start.wall, steady: Self.start.steady)
        let seen = (1...5).map { step in
            clocks.wasSet(
                wall: Self.start.wall + .milliseconds(1_400 * step),
                steady: Self.start.steady + .seconds(step)
            )
        }
        #expect(seen == [false, true, false, true, false])
    }

    @Test("A sweep that sleeps until an hour from now works at once when the clock is set an hour ahead")
    func sweep() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let clock = Mutex(Timestamp.sample)
        let due = Mutex<Timestamp?>(.sample + .seconds(3600))
        let (worked, work) = AsyncStream.makeStream(of: Void.self)
        let sweep = Sweep("test", in: index) { _, _ in
            due.withLock { $0 = nil }
            work.yield()
        } next: { _ in
            due.withLock { $0 }
        } clock: {
            clock.withLock { $0 }
        }
        let running = Task { try await sweep.run() }
        while index.feed.doorbells.counts[0] < 1 { await Task.yield() }
        clock.withLock { $0 = .sample + .seconds(3600) }
        try await index.clockWasSet()
        for await _ in worked { break }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
    }
}
