// error: capture of 'channels' with non-Sendable type 'OwnedChannels' in a '@Sendable' closure
import Index

func messages(in id: Agent.ID, by principal: Principal, _ index: StoreIndex) async throws -> Task<
    MessagePage, any Error
> {
    try await index.read(by: principal) { reader, user in
        let channels = try reader.channels(id, ownedBy: user)
        let later: @Sendable (Reader) throws -> MessagePage = { try $0.messages(in: channels, limit: 10) }
        return Task { try await index.read(later) }
    }
}
