import HTTP
import Index
import TestSupport
import Testing

@testable import Accounts

@Suite("Tries")
struct TriesTests {
    private let tries = Tries()
    private let start = ContinuousClock.now

    private func stranger(_ email: String, _ address: String = "192.0.2.1") -> Tries.Guesser {
        .stranger(email: email, address: address)
    }

    /// How many of the next tries are let through at once, of at most `count`.
    private func allowed(_ guesser: Tries.Guesser, _ count: Int = 30, at time: ContinuousClock.Instant) -> Int {
        (0..<count).count { _ in (try? tries.take(guesser, now: time)) != nil }
    }

    @Test("an email has five from an address, an address has twenty; devices and sessions have five, wherever they are")
    func counts() {
        for email in ["a", "b", "c"] { #expect(allowed(stranger(email), at: start) == 5) }
        #expect(allowed(stranger("d"), 4, at: start) == 4)
        #expect(allowed(stranger("e"), at: start) == 1)
        for guesser in [Tries.Guesser.device("a"), .device("b"), .session("a"), stranger("a", "192.0.2.2")] {
            #expect(allowed(guesser, at: start) == 5)
        }
    }

    @Test("what is refused for the address's sake counts nothing against the email")
    func refusedByAddress() {
        for email in ["a", "b", "c", "d"] { #expect(allowed(stranger(email), at: start) == 5) }
        #expect(allowed(stranger("e"), at: start) == 0)
        // The address has twenty again, and the email all five.
        #expect(allowed(stranger("e"), at: start + .seconds(20)) == 5)
    }

    @Test("what was not judged does not count, and the right password clears what was before")
    func givenBack() {
        #expect(allowed(stranger("a"), at: start) == 5)
        tries.giveBack(stranger("a"))
        #expect(allowed(stranger("a"), at: start) == 1)
        tries.forget(stranger("a"))
        #expect(allowed(stranger("a"), at: start) == 5)
    }
}
