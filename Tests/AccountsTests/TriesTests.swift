import App
import HTTP
import HTTPTypes
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

    @Test("two servers on one index let a guesser try five times together, and the right password clears both")
    func twoServers() async throws {
        try await withServer { server in
            let id = try await server.person("ada@example.org").userID
            let ada = try #require(await server.assembly.index.read { try $0.user(id: id) })
            // Each has a memory of its own, as after a restart or on another node.
            func confirm(_ password: String) async throws -> Int {
                let check = PasswordCheck(
                    index: server.assembly.index,
                    hashing: HashingQueue(),
                    audit: AuditQueue()
                )
                do {
                    try await check.confirm(password, of: ada, in: Session.ID(rawValue: "a"), by: .server)
                    return 200
                } catch let error as APIError {
                    return error.status.code
                }
            }
            for _ in 1...4 { #expect(try await confirm("wrong") == 401) }
            #expect(try await confirm(Person.password) == 200)
            for _ in 1...5 { #expect(try await confirm("wrong") == 401) }
            #expect(try await confirm("wrong") == 429)
        }
    }
}
