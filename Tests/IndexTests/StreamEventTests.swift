import IndexSupport
import Testing

@testable import Index

@Suite("Status events without a draft")
struct StreamEventTests {
    @Test("They wait a day for their draft, and then go; those with a draft stay as long as it does")
    func expiry() async throws {
        let fixture = try await Fixture()
        try await fixture.addEvent("late")
        try await fixture.addEvent("never")
        let due = try await fixture.index.read { try $0.nextStreamEventExpiry() }
        #expect(due.map { $0 > .now() + .seconds(23 * 60 * 60) } == true)
        var draft = Message.sample(in: fixture.agent)
        (draft.streamID, draft.streamState) = ("late", .streaming)
        try await fixture.index.write { [draft] tx in try tx.insert(draft) }
        try await fixture.addEvent("late")
        try await fixture.index.write { tx in
            try tx.db.execute(
                sql: "UPDATE stream_events SET expires_at = ? WHERE expires_at IS NOT NULL",
                arguments: [tx.now.milliseconds]
            )
            try tx.removeExpiredStreamEvents(limit: 10)
        }
        let left = try await fixture.index.read {
            try String.fetchAll($0.db, sql: "SELECT stream_id FROM stream_events")
        }
        #expect(left == ["late", "late"])
        #expect(try await fixture.index.read { try $0.nextStreamEventExpiry() } == nil)
    }
}

extension Fixture {
    fileprivate func addEvent(_ streamID: String) async throws {
        let channelID = agent.id
        _ = try await index.write { tx in
            try tx.insertStreamEvent(
                id: .make(),
                in: tx.owned(channelID),
                streamID: streamID,
                text: "reading",
                toolHint: false
            )
        }
    }
}
