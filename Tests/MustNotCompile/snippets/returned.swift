// error: conformance of 'OwnedChannel' to 'Sendable' is unavailable
import Index

func channel(_ id: Agent.ID, by principal: Principal, _ index: StoreIndex) async throws -> OwnedChannel {
    try await index.read(by: principal) { try $0.channel(id, ownedBy: $1) }
}
