// error: cannot convert value of type 'Message.ID' \(aka 'Identifier<Message>'\) to expected argument type 'Agent.ID'
import Index

func messages(in id: Message.ID, of userID: User.ID, _ index: SQLiteIndex) async throws -> MessagePage {
    try await index.read { try $0.messages(in: $0.channel(id, ownedBy: userID), limit: 10) }
}
