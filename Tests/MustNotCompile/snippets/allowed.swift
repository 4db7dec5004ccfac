// A page of the caller's own channel, as handlers ask for it.
import Index

func messages(in id: Agent.ID, of userID: User.ID, _ index: SQLiteIndex) async throws -> MessagePage {
    try await index.read { reader in
        let channel = try reader.channel(id, ownedBy: userID)
        return try reader.messages(in: channel, limit: 10)
    }
}
