// error: conformance of 'OwnedChannel' to 'Sendable' is unavailable
import Index

func agent(_ id: Agent.ID, by principal: Principal, _ index: StoreIndex) async throws -> Agent {
    let (agent, _) = try await index.write(by: principal) { try $0.agent(id, ownedBy: $1) }
    return agent
}
