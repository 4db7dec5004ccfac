import IndexSupport
import Synchronization
import Testing

@testable import Index

@Suite("Waiting for a change")
struct WaitingTests {
    /// Waits until the review of `message` is completed, as a long-poll does.
    private static func response(
        to message: Message,
        _ index: StoreIndex,
        timeout: Duration = .seconds(120),
        looks: @escaping @Sendable () -> Void = {}
    ) async throws -> String? {
        try await index.wait(for: .message(message.id), until: .now + timeout) {
            looks()
            let found = try await index.read { try $0.message(message.id, in: $0.owned(message.channelID)) }
            return found?.review?.responseJSON
        }
    }

    private static func parked(_ count: Int, _ index: StoreIndex) async {
        while index.feed.doorbells.counts[0] < count { await Task.yield() }
    }

    @Test("A wait ends with the response, looks only when something of its message changes, and leaves nothing behind")
    func response() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let message = try await fixture.send(reviewFor: .seconds(60))
        let looks = Atomic(0)
        async let response = Self.response(to: message, index) { looks.add(1, ordering: .relaxed) }
        await Self.parked(1, index)
        for _ in 0..<20 { try await fixture.send() }
        _ = try await index.write { tx in try tx.complete(reviewOf: message.id, responseJSON: "{}") }
        #expect(try await response == "{}")
        #expect(looks.load(ordering: .relaxed) == 2)
        #expect(index.feed.doorbells.counts == [0, 0, 0])
    }

    @Test("What is there already ends the wait at once; an error of the look comes through")
    func atOnce() async throws {
        struct Refusal: Error {}
        let fixture = try await Fixture()
        #expect(try await fixture.index.wait(for: .message("m"), until: .now) { 7 } == 7)
        await #expect(throws: Refusal.self) {
            try await fixture.index.wait(for: .message("m"), until: .now + .seconds(9)) { () -> Int? in throw Refusal()
            }
        }
        #expect(fixture.index.feed.doorbells.counts == [0, 0, 0])
    }

    @Test("A wait that goes on in other tasks hears what was called between, and ends with its last reference")
    func started() async throws {
        let fixture = try await Fixture()
        var wait: Wait? = fixture.index.startWait(for: [.message("m")], until: .now + .seconds(60))
        #expect(fixture.index.feed.doorbells.counts == [1, 1, 1])
        fixture.index.feed.doorbells.ring([.message("m")])
        await wait?.park()
        #expect(try wait?.isOver() == false)
        let cancel = try #require(wait?.cancellation)
        cancel()
        await wait?.park()
        #expect(throws: CancellationError.self) { try wait?.isOver() }
        wait = nil
        #expect(fixture.index.feed.doorbells.counts == [0, 0, 0])
        cancel()
    }

    @Test("A response between the look and the parking is not missed")
    func noGap() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        for _ in 0..<200 {
            let message = try await fixture.send(reviewFor: .seconds(60))
            async let completion = index.write { tx in try tx.complete(reviewOf: message.id, responseJSON: "{}") }
            #expect(try await Self.response(to: message, index) == "{}")
            #expect(try await completion == .accepted)
        }
    }

    @Test("A ring while the waiter looks makes it look again")
    func rungWhileLooking() async throws {
        let fixture = try await Fixture()
        let looks = Atomic(0)
        let seen = try await fixture.index.wait(for: .channel(fixture.agent.id), until: .now + .seconds(20)) {
            if looks.add(1, ordering: .relaxed).newValue == 2 { return true }
            try await fixture.send()
            return nil
        }
        #expect(seen == true)
    }

    @Test("When the time is up the wait gives nil: not before, and soon after")
    func timeout() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send(reviewFor: .seconds(60))
        for milliseconds in [0, 30, 5] {
            let timeout = Duration.milliseconds(milliseconds)
            let start = ContinuousClock.now
            #expect(try await Self.response(to: message, fixture.index, timeout: timeout) == nil)
            let waited = ContinuousClock.now - start
            #expect(waited >= timeout - .milliseconds(1) && waited < .seconds(120))
        }
        #expect(fixture.index.feed.doorbells.counts == [0, 0, 0])
    }

    @Test("Cancelling ends a wait at once, also one that has not begun, and leaves nothing behind")
    func cancellation() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let message = try await fixture.send(reviewFor: .seconds(60))
        let waits = (0..<100).map { _ in Task { try await Self.response(to: message, index) } }
        await Self.parked(100, index)
        for wait in waits { wait.cancel() }
        waits[0].cancel()
        for wait in waits {
            await #expect(throws: CancellationError.self) { try await wait.value }
        }
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Self.response(to: message, index)
        }
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(index.feed.doorbells.counts == [0, 0, 0])
    }

    @Test("A wait whose caller hears that nobody waits any more ends, in its look or parked, and leaves nothing behind")
    func givenUp() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        await #expect(throws: CancellationError.self) {
            try await index.wait(for: .everything, until: .now + .seconds(20), onStart: { $0() }) { Int?.none }
        }
        let giveUp = Mutex<(@Sendable () -> Void)?>(nil)
        let wait = Task {
            try await index.wait(
                for: .everything,
                until: .now + .seconds(20),
                onStart: { cancel in giveUp.withLock { $0 = cancel } }
            ) { Int?.none }
        }
        await Self.parked(1, index)
        giveUp.withLock { $0?() }
        await #expect(throws: CancellationError.self) { try await wait.value }
        #expect(index.feed.doorbells.counts == [0, 0, 0])
        giveUp.withLock { $0?() }
        #expect(try await index.wait(for: .everything, until: .now) { 7 } == 7)
    }

    @Test("Closing the index ends every wait with .closed, also those to come")
    func closing() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let wait = Task { try await index.wait(for: .everything, until: .now + .seconds(20)) { Int?.none } }
        await Self.parked(1, index)
        index.close()
        await #expect(throws: IndexError.closed) { try await wait.value }
        await #expect(throws: IndexError.closed) {
            try await index.wait(for: .everything, until: .now + .seconds(20)) { Int?.none }
        }
    }

    @Test("Thousands of waits end with one commit")
    func thousands() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let message = try await fixture.send(reviewFor: .seconds(60))
        let waits = (0..<5_000).map { _ in Task { try await Self.response(to: message, index) } }
        await Self.parked(5_000, index)
        _ = try await index.write { tx in try tx.complete(reviewOf: message.id, responseJSON: "{}") }
        for wait in waits { #expect(try await wait.value == "{}") }
        #expect(index.feed.doorbells.counts == [0, 0, 0])
    }
}
