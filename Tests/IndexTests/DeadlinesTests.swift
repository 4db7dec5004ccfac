import Testing

@testable import Index

@Suite("Deadlines")
struct DeadlinesTests {
    let start = ContinuousClock.now
    func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }
    func waiter(_ seconds: Int, _ id: UInt64 = 0) -> Waiter { Waiter(deadline: at(seconds), id: id) }

    @Test("A timer is set for the earliest deadline, and anew only for an earlier one")
    func timer() {
        var deadlines = Deadlines()
        #expect(deadlines.insert(waiter(20), now: start) == at(20))
        #expect(deadlines.insert(waiter(30), now: start) == nil)
        #expect(deadlines.insert(waiter(20, 1), now: start) == nil)
        #expect(deadlines.insert(waiter(10), now: start) == at(10))
    }

    @Test("When it fires, those whose time is up are called in order, and it is set for the next")
    func due() {
        var deadlines = Deadlines()
        for (seconds, id) in [(20, 1), (10, 2), (10, 1), (15, 0)] as [(Int, UInt64)] {
            _ = deadlines.insert(waiter(seconds, id), now: start)
        }
        var (due, timer) = deadlines.timerFired(setFor: at(10), now: at(15))
        #expect(due == [waiter(10, 1), waiter(10, 2), waiter(15, 0)])
        #expect(timer == at(20))
        (due, timer) = deadlines.timerFired(setFor: at(20), now: at(20))
        #expect(due == [waiter(20, 1)])
        #expect(timer == nil)
        #expect(deadlines.count == 0)
    }

    @Test("A timer that has been overtaken by an earlier one fires in vain")
    func stale() {
        var deadlines = Deadlines()
        _ = deadlines.insert(waiter(20), now: start)
        _ = deadlines.insert(waiter(10), now: start)
        #expect(deadlines.timerFired(setFor: at(10), now: at(10)) == ([waiter(10)], at(20)))
        #expect(deadlines.timerFired(setFor: at(20), now: at(20)) == ([waiter(20)], nil))
        #expect(deadlines.timerFired(setFor: at(20), now: at(20)) == ([], nil))
    }

    @Test("A timer that fires a little early by our clock still calls those it was set for")
    func early() {
        var deadlines = Deadlines()
        _ = deadlines.insert(waiter(10), now: start)
        #expect(deadlines.timerFired(setFor: at(10), now: at(9)) == ([waiter(10)], nil))
    }

    @Test("One who has gone is not called; removing twice, or whom nobody knows, changes nothing")
    func removing() {
        var deadlines = Deadlines()
        _ = deadlines.insert(waiter(10), now: start)
        _ = deadlines.insert(waiter(20), now: start)
        for gone in [waiter(10), waiter(10), waiter(15), waiter(99)] { deadlines.remove(gone) }
        #expect(deadlines.timerFired(setFor: at(10), now: at(10)) == ([], at(20)))
    }

    @Test("A deadline years ahead is looked at again after a day")
    func farAway() {
        var deadlines = Deadlines()
        let day = 24 * 60 * 60
        #expect(deadlines.insert(waiter(1_000 * day), now: start) == at(day))
        #expect(deadlines.timerFired(setFor: at(day), now: at(day)) == ([], at(2 * day)))
    }
}
