// error: missing argument for parameter 'in' in call
// error: extra argument 'channelID' in call
import Index

func messages(in id: Agent.ID, _ index: StoreIndex) async throws -> MessagePage {
    try await index.read { try $0.messages(channelID: id, limit: 10) }
}
