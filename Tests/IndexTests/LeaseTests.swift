import IndexSupport
import Testing

@testable import Index

@Suite("Leases")
struct LeaseTests {
    @Test("one has it, and prolongs it; another gets it when its time is over, or it was given up")
    func oneHolder() async throws {
        let fixture = try await Fixture()
        func take(_ holder: String, at offset: Duration) async throws -> Bool {
            try await fixture.index.write { tx in
                let later = Transaction(
                    connection: tx.connection,
                    now: Timestamp(milliseconds: 0) + offset,
                    announcements: Announcements()
                )
                return try later.takeLease("background", for: holder, lasting: .seconds(15))
            }
        }
        #expect(try await take("a", at: .seconds(0)))
        #expect(try await !take("b", at: .seconds(14)))
        #expect(try await take("a", at: .seconds(14)))
        #expect(try await !take("b", at: .seconds(28)))
        #expect(try await take("b", at: .seconds(29)))
        #expect(try await !take("a", at: .seconds(29)))
        try await fixture.index.write { try $0.endLease("background", of: "a") }
        #expect(try await !take("a", at: .seconds(29)))
        try await fixture.index.write { try $0.endLease("background", of: "b") }
        #expect(try await take("a", at: .seconds(29)))
    }
}
