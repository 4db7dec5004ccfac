import IndexSupport
import Testing

@testable import Index

@Suite("A store that was moved")
struct MovedStoreTests {
    @Test("takes nothing more, and what it has is still read")
    func writes() async throws {
        let fixture = try await Fixture()
        try await fixture.index.write { tx in
            try tx.connection.run(script: "UPDATE store SET moved_to = 'elsewhere'")
        }
        await #expect(throws: IndexError.moved(to: "elsewhere")) { try await fixture.index.checkWritable() }
        #expect(try await fixture.index.read { try $0.movedTo() } == "elsewhere")
    }
}
