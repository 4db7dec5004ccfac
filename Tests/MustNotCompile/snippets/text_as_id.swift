// error: cannot convert value of type 'String' to expected argument type 'Agent.ID'
import Index

func messages(in id: String, by principal: Principal, _ index: StoreIndex) async throws -> MessagePage {
    try await index.read(by: principal) { try $0.messages(in: $0.channels(id, ownedBy: $1), limit: 10) }
}
