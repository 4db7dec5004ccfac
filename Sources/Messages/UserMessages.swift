import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

/// What users do with messages: read them with their agent, write their own, and have a webhook tried again.
///
/// Values of password fields are redacted here everywhere, because only the agent that asked needs them. Handlers find
/// a message by its id alone, since users look at all their channels; agents may name the channel too.
extension MessagesModule {
    /// Stores a user's message, and queues the event for the webhook.
    ///
    /// Differs from the agents' twin because users send text and files, but no reviews, drafts or status.
    ///
    /// - Throws: as `UserMessageDraft.store`.
    func createForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let draft = try await request.read(context) { UserMessageDraft(&$0, by: context.userID) }
        let stored = try await index.write(by: context.principal) { tx, user in
            try draft.store(tx, in: tx.channel(draft.message.channelID, ownedBy: user))
        }
        let message = try await whole(stored, as: draft.message, context)
        return try await context.inTurn(if: message.isLarge) {
            try .created(MessageJSON(listed: message), isRepeat: stored.isRepeat)
        }
    }

    /// Differs from the agents' twin: the passwords are redacted, and the answer says whose channel it is.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404.
    func readForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Message.self)
        let (message, agent) = try await index.read(by: context.principal) { reader, user in
            guard let (agent, channel) = try reader.agent(ofMessage: id, ownedBy: user),
                let message = try reader.message(id, in: channel)
            else { throw APIError.messageNotFound }
            return (message, agent)
        }
        return try .json(MessageJSON(listed: message, of: agent))
    }

    /// Makes the events of a message that have not reached the webhook due now, with all their attempts.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404, and 400 when nothing is left to send or there is no URL.
    func retry(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Message.self)
        let isQueued = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            guard let channel = try tx.channel(ofMessage: id, ownedBy: user) else { throw APIError.messageNotFound }
            return try tx.retryDelivery(ofMessage: id, in: channel)
        }
        guard isQueued else { throw APIError(.badRequest, "There is nothing to send; set a webhook first") }
        return try .json(["retried": true])
    }
}
