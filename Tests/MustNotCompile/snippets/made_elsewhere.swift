// error: 'OwnedChannel' initializer is inaccessible due to 'internal' protection level
import Index

func messages(in id: Agent.ID, _ index: SQLiteIndex) async throws -> MessagePage {
    try await index.read { try $0.messages(in: OwnedChannel(id: id), limit: 10) }
}
