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
    @Sendable
    func say(_ request: Request, _ context: HumanContext) async throws -> Response {
        let draft = try await request.read(context) { UserMessageDraft(&$0) }
        let userID = context.userID
        let message = try await index.write { tx in try draft.store(tx, by: userID) }
        return try .json(MessageJSON(listed: message), status: .created)
    }

    @Sendable
    func readForPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        let (message, agent) = try await index.read { reader in
            let agent = try reader.owner(ofMessage: id, userID: userID)
            return (try reader.message(id: id, channelID: agent.id), agent)
        }
        guard let message else { throw APIError.messageNotFound }
        return try .json(MessageJSON(listed: message, of: agent))
    }

    @Sendable
    func iterationsForPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        let messages = try await index.read { reader in
            let agent = try reader.owner(ofMessage: id, userID: userID)
            return try reader.iterations(ofMessage: id, channelID: agent.id)
        }
        return try .json(iterations(messages))
    }

    @Sendable
    func retry(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        let isQueued = try await index.write { tx in
            _ = try tx.owner(ofMessage: id, userID: userID)
            return try tx.retryDelivery(messageID: id)
        }
        guard isQueued else { throw APIError(.badRequest, "There is nothing to send; set a webhook first") }
        return try .json(["retried": true])
    }
}

extension Querying {
    /// The agent in whose channel a message is, when it is this user's.
    ///
    /// - Throws: ``APIError`` 404 when there is no such message, 403 when it is somebody else's.
    fileprivate func owner(ofMessage id: String, userID: String) throws -> Agent {
        guard let message = try message(id: id), let agent = try agent(id: message.channelId) else {
            throw APIError.messageNotFound
        }
        guard agent.userId == userID else { throw APIError.notYourAgent }
        return agent
    }
}
