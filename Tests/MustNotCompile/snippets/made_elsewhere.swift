// error: 'OwnedChannel' initializer is inaccessible due to 'internal' protection level
import Index

func statuses(in id: Agent.ID, _ index: StoreIndex) async throws -> [AgentStatusEntry] {
    try await index.read { try $0.statuses(in: OwnedChannel(id: id), limit: 10) }
}
