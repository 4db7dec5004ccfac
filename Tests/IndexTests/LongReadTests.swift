import Testing

@testable import Index

@Suite("Reads that take long")
struct LongReadTests {
    private static let endless = """
        WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers)
        SELECT count(*) FROM numbers
        """

    @Test("A read stops when its task is cancelled, and its connection serves the next one")
    func cancelled() async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        let reading = Task {
            try await fixture.index.read { reader in
                gate.release()
                return try reader.one(Self.endless) as Int?
            }
        }
        gate.block()
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        #expect(try await fixture.index.read { try $0.messageCount() } == 0)
    }

    @Test("A message larger than a read may bring is refused, and read elsewhere")
    func tooLarge() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send(String(repeating: "x", count: 101))
        let read = { @Sendable in try await fixture.index.read { try $0.anyMessage(id: message.id)?.message } }
        let found = try await ReadLimit.$bytes.withValue(101) { try await read() }
        #expect(found == message)
        await ReadLimit.$bytes.withValue(100) { await #expect(throws: IndexError.tooLarge) { try await read() } }
    }
}
