import Testing

@testable import HTTP

@Suite("Rate limits")
struct RateLimiterTests {
    private let start = ContinuousClock.now

    @Test("a burst passes, then one at a time at the rate; the wait that is told is the wait that is needed")
    func burst() throws {
        let limiter = RateLimiter<String>(Rate(perSecond: 10, burst: 3))
        for _ in 1...3 { #expect(limiter.take("a", now: start) == nil) }
        let wait = try #require(limiter.take("a", now: start))
        #expect(wait == .milliseconds(100))
        #expect(limiter.take("a", now: start + wait - .nanoseconds(1)) != nil)
        #expect(limiter.take("a", now: start + wait) == nil)
        #expect(limiter.take("a", now: start + wait) != nil)
    }

    @Test("what is refused does not count, keys do not count for one another, and silence is forgiven in full only")
    func keys() {
        let limiter = RateLimiter<String>(Rate(perSecond: 1, burst: 2))
        for _ in 1...2 { #expect(limiter.take("a", now: start) == nil) }
        for _ in 1...100 { #expect(limiter.take("a", now: start) == .seconds(1)) }
        #expect(limiter.take("b", now: start) == nil)
        let later = start + .seconds(3600)
        for _ in 1...2 { #expect(limiter.take("a", now: later) == nil) }
        #expect(limiter.take("a", now: later) != nil)
    }

    @Test("what is given back was not counted")
    func givenBack() {
        let limiter = RateLimiter<String>(Rate(perSecond: 1, burst: 2))
        for _ in 1...2 { #expect(limiter.take("a", now: start) == nil) }
        limiter.giveBack("a")
        limiter.giveBack("b")
        #expect(limiter.take("a", now: start) == nil)
        #expect(limiter.take("a", now: start) != nil)
    }

    @Test("the memory is bounded, and a key that is over its limit is not forgotten for idle ones")
    func bounded() {
        let limiter = RateLimiter<Int>(Rate(perSecond: 1, burst: 1))
        for key in 0..<RateLimiter<Int>.capacity { #expect(limiter.take(key, now: start) == nil) }
        let later = start + .milliseconds(1500)
        #expect(limiter.take(0, now: later) == nil)
        #expect(limiter.take(-1, now: later) == nil)
        #expect(limiter.take(0, now: later) != nil)
    }
}
