// error: conformance of 'OwnedChannel' to 'Sendable' is unavailable
import Index

func channel(_ id: Agent.ID, of userID: User.ID, _ index: SQLiteIndex) async throws -> OwnedChannel {
    try await index.read { try $0.channel(id, ownedBy: userID) }
}
