// error: cannot convert value of type 'String' to expected argument type 'Agent.ID'
import Index

func messages(in id: String, of userID: User.ID, _ index: SQLiteIndex) async throws -> MessagePage {
    try await index.read { try $0.messages(in: $0.channel(id, ownedBy: userID), limit: 10) }
}
