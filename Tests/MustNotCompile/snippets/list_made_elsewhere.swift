// error: 'OwnedChannels' initializer is inaccessible due to 'internal' protection level
import Index

func messages(in id: Agent.ID, of userID: User.ID, _ index: StoreIndex) async throws -> MessagePage {
    try await index.read { try $0.messages(in: OwnedChannels(userID: userID, only: id), limit: 10) }
}
