// error: capture of 'channel' with non-Sendable type 'OwnedChannel' in a '@Sendable' closure
import Index

func messages(in id: Agent.ID, by principal: Principal, _ index: SQLiteIndex) async throws -> Task<
    MessagePage, any Error
> {
    try await index.read(by: principal) { reader, user in
        let channel = try reader.channel(id, ownedBy: user)
        let later: @Sendable (Reader) throws -> MessagePage = { try $0.messages(in: channel, limit: 10) }
        return Task { try await index.read(later) }
    }
}
