// A page of the caller's own channel, as handlers ask for it.
import Index

func messages(in id: Agent.ID, by principal: Principal, _ index: StoreIndex) async throws -> MessagePage {
    try await index.read(by: principal) { reader, user in
        let channels = try reader.channels(id, ownedBy: user)
        return try reader.messages(in: channels, limit: 10)
    }
}
