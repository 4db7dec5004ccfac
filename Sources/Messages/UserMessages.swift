import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

/// What people do with messages: they see them with the agent beside, write their own, and have a webhook tried again.
/// Values of password fields are redacted for them everywhere.
extension MessagesModule {
    /// Stores a person's message, which the agent's webhook is told of.
    func createForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let userID = context.userID
        let draft = try await request.read(context) { UserMessageDraft(&$0, by: userID) }
        let message = try await index.write { tx in
            try draft.store(tx, in: tx.channel(draft.message.channelID, ownedBy: userID))
        }
        return try .json(MessageJSON(listed: message), status: .created)
    }

    func readForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Message.self), context.userID)
        let (message, agent) = try await index.read { reader in
            guard let (agent, channel) = try reader.agent(ofMessage: id, ownedBy: userID),
                let message = try reader.message(id, in: channel)
            else { throw APIError.messageNotFound }
            return (message, agent)
        }
        return try .json(MessageJSON(listed: message, of: agent))
    }

    func iterationsForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Message.self), context.userID)
        let messages = try await index.read { reader in
            guard let channel = try reader.channel(ofMessage: id, ownedBy: userID) else {
                throw APIError.messageNotFound
            }
            return try reader.iterations(ofMessage: id, in: channel)
        }
        return try .json(iterations(messages))
    }

    func retry(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Message.self), context.userID)
        let isQueued = try await index.write { tx in
            guard let channel = try tx.channel(ofMessage: id, ownedBy: userID) else { throw APIError.messageNotFound }
            return try tx.retryDelivery(ofMessage: id, in: channel)
        }
        guard isQueued else { throw APIError(.badRequest, "There is nothing to send; set a webhook first") }
        return try .json(["retried": true])
    }
}
