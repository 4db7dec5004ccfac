import IndexSupport
import Testing

@testable import Index

@Suite("Tries that the index counts")
struct TryLimitTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let own = TryLimit(ofGuesser: Array(repeating: 1, count: 32), interval: .seconds(10), burst: 5)
    private let address = TryLimit(ofGuesser: Array(repeating: 2, count: 32), interval: .seconds(1), burst: 20)

    @Test("there are as many at once as the burst, then one for each interval, and who waits is told how long")
    func rate() throws {
        var stored: Timestamp?
        for _ in 1...5 { stored = try own.next(after: stored, at: now).get() }
        #expect(own.next(after: stored, at: now) == .failure(TryRefusal(wait: .seconds(10))))
        #expect(own.next(after: stored, at: now + .seconds(4)) == .failure(TryRefusal(wait: .seconds(6))))
        stored = try own.next(after: stored, at: now + .seconds(10)).get()
        #expect(own.next(after: stored, at: now + .seconds(10)) == .failure(TryRefusal(wait: .seconds(10))))
    }

    @Test("a clock that was set back for a year locks nobody out for longer than a whole burst")
    func clockSetBack() {
        let stored = now + .seconds(365 * 86_400)
        #expect(own.next(after: stored, at: now) == .failure(TryRefusal(wait: .seconds(10))))
    }

    @Test("when one limit refuses, the other counts nothing; what is given back or forgotten may be tried again")
    func together() async throws {
        // No time passes by such intervals.
        let (hash, other) = (Array(repeating: UInt8(3), count: 32), Array(repeating: UInt8(4), count: 32))
        let own = TryLimit(ofGuesser: hash, interval: .seconds(3600), burst: 5)
        let address = TryLimit(ofGuesser: other, interval: .seconds(3600), burst: 20)
        let fixture = try await Fixture()
        func allowed(_ limits: [TryLimit], _ count: Int = 10) async throws -> Int {
            var allowed = 0
            for _ in 0..<count {
                do {
                    try await fixture.index.write { try $0.takeTry(limits) }
                    allowed += 1
                } catch is TryRefusal {}
            }
            return allowed
        }
        #expect(try await allowed([own, address]) == 5)
        #expect(try await allowed([address], 13) == 13)
        try await fixture.index.write { try $0.giveBackTry(own) }
        #expect(try await allowed([own, address]) == 1)
        try await fixture.index.write { try $0.forgetTries(own) }
        // The address has one left.
        #expect(try await allowed([own, address]) == 1)
    }

    @Test("rows whose time has come are removed with the next try")
    func removed() async throws {
        let fixture = try await Fixture()
        try await fixture.index.write { tx in
            try tx.takeTry([own])
            try tx.db.execute(sql: "UPDATE tries SET next_at = ?", arguments: [tx.now.milliseconds])
            try tx.takeTry([address])
            let rows: Int? = try tx.one("SELECT count(*) FROM tries")
            #expect(rows == 1)
        }
    }
}
