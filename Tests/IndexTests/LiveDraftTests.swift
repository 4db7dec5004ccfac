import IndexSupport
import Testing

@testable import Index

@Suite("Drafts under way")
struct LiveDraftTests {
    @Test("A status event keeps its draft alive, and does not write the message anew", .onlySQLite)
    func statusEvent() async throws {
        let fixture = try await Fixture()
        var draft = Message.sample(in: fixture.agent)
        (draft.text, draft.streamID, draft.streamState, draft.updatedAt) = ("a", "s", .streaming, draft.createdAt)
        try await fixture.index.write { [draft] tx in
            try tx.insert(draft)
            try tx.db.execute(sql: "UPDATE live_drafts SET active_at = 5")
        }
        #expect(try await fixture.index.read { try $0.nextIdleDraft(after: .zero) } == Timestamp(milliseconds: 5))
        let now = try await fixture.index.write { [draft] tx in
            try tx.db.execute(
                sql: """
                    CREATE TEMP TRIGGER untouched BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'written'); END
                    """
            )
            let channel: OwnedChannel = tx.owned(draft.channelID)
            _ = try tx.insertStreamEvent(id: .make(), in: channel, streamID: "s", text: "reading", toolHint: false)
            try tx.db.execute(sql: "DROP TRIGGER untouched")
            return tx.now
        }
        #expect(try await fixture.index.read { try $0.nextIdleDraft(after: .zero) } == now)
    }

    @Test("A draft that has ended, or is deleted, is under way no more", arguments: [true, false])
    func ended(isDeleted: Bool) async throws {
        let fixture = try await Fixture()
        var draft = Message.sample(in: fixture.agent)
        (draft.text, draft.streamID, draft.streamState) = ("a", "s", .streaming)
        try await fixture.index.write { [draft] tx in
            try tx.insert(draft)
            let channel: OwnedChannel = tx.owned(draft.channelID)
            if isDeleted {
                _ = try tx.deleteMessage(draft.id, in: channel)
            } else {
                _ = try tx.updateDraft(draft.id, in: channel, text: "b", state: .complete)
            }
        }
        #expect(try await fixture.index.read { try $0.nextIdleDraft(after: .zero) } == nil)
    }
}
