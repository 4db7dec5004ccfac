import IndexSupport
import Testing

@testable import Index

@Suite("Identifier")
struct IdentifierTests {
    // On PostgreSQL ids go on after those of other nodes, and so after the messages of the future of other tests.
    @Test("An id is a UUID of version 7 with the time of its making", .onlySQLite)
    func form() {
        let before = Timestamp.now().milliseconds
        let id = Message.ID.make()
        let milliseconds = Int64(id.rawValue.filter { $0 != "-" }.prefix(12), radix: 16) ?? 0
        #expect(id.isValid)
        // Ids run ahead of the clock: by a millisecond for each 2 048 of them made within one, and by half a minute when
        // another test has opened an index with messages of the future.
        #expect((before...before + 60_000).contains(milliseconds))
    }

    @Test("Every id is greater than all before it, also across threads and when the clock goes back")
    func order() async {
        let ids = (0..<20_000).map { OrderedUUID.make(at: Timestamp(milliseconds: 1_000_000 - $0)) }
        #expect(ids == ids.sorted())
        let many = await withTaskGroup(of: [Message.ID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in .make() } } }
            return await group.reduce(into: [[Message.ID]]()) { $0.append($1) }
        }
        for part in many { #expect(part == part.sorted()) }
        #expect(Set(many.joined()).count == 40_000)
    }

    @Test("Every id comes before the start of a page without a cursor")
    func afterAll() {
        #expect("ffffffff-ffff-7fff-bfff-ffffffffffff" < Message.ID.afterAll)
        // Of an imported channel.
        #expect("~~~" < Agent.ID.afterAll)
    }

    @Test("The random part differs from id to id")
    func random() {
        #expect(Set((0..<1_000).map { _ in Message.ID.make().rawValue.suffix(16) }).count == 1_000)
    }

    @Test(
        "Other texts are not ids",
        arguments: [
            "", "1", "0193e2a0-7c1e-7abc-8def-0123456789aG", "0193E2A0-7C1E-7ABC-8DEF-0123456789AB",
            "0193e2a0-7c1e-4abc-8def-0123456789ab", "0193e2a0-7c1e-7abc-cdef-0123456789ab",
            "0193e2a07c1e7abc8def0123456789ab", "0193e2a0-7c1e-7abc-8def-0123456789ab0",
            "0193e2a0_7c1e-7abc-8def-0123456789ab", "' OR 1=1 --0193e2a0-7c1e-7abc-8def-01",
        ]
    )
    func invalid(text: String) {
        #expect(!Message.ID(rawValue: text).isValid)
    }
}
