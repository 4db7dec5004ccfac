// error: conformance of 'OwnedChannel' to 'Sendable' is unavailable
import Index

func agent(_ id: Agent.ID, of userID: User.ID, _ index: SQLiteIndex) async throws -> Agent {
    let (agent, _) = try await index.write { try $0.agent(id, ownedBy: userID) }
    return agent
}
