import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

/// What people do with messages: they see them with the agent beside, write their own, and have a webhook tried again.
/// Values of password fields are redacted for them everywhere (contract section 4).
extension MessagesModule {
    /// Stores a person's message, which the agent's webhook is told of.
    @Sendable
    func say(_ request: Request, _ context: HumanContext) async throws -> Response {
        let draft = try await request.read(context) { PersonDraft(&$0, userID: context.userID) }
        let message = try await index.write { tx in try draft.store(tx) }
        return try .json(views.listed(message), status: .created)
    }

    @Sendable
    func readForPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        let (message, agent) = try await index.read { reader in
            let agent = try reader.owner(ofMessage: id, userID: userID)
            return (try reader.message(id: id, channelID: agent.id), agent)
        }
        guard let message else { throw APIError.messageNotFound }
        return try .json(MessageWithAgent(message: views.listed(message), agent: agent))
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

/// A message as a person wrote it, ready to be stored as often as the transaction needs.
private struct PersonDraft: Sendable {
    private let id = Identifier.make()
    private let userID: String
    private let channelID: String
    private let text: String?
    private let attachmentIDs: [String]
    private let clientID: String?

    init(_ fields: inout JSONFields, userID: String) {
        self.userID = userID
        channelID = fields.string("channelId", length: Limits.id)
        text = fields.optionalString("text")
        attachmentIDs = fields.optionalStrings("attachmentIds", count: Limits.attachments) ?? []
        clientID = fields.optionalString("clientId", length: Limits.id)
        if text?.isEmpty != false, attachmentIDs.isEmpty {
            fields.refuse("Send at least one of text and attachmentIds")
        }
    }

    func store(_ tx: Transaction) throws -> MessageWithParts {
        guard try tx.owns(channelID, userID: userID) else { throw APIError.notYourAgent }
        let message = Message(
            id: id,
            channelId: channelID,
            senderType: .user,
            senderId: userID,
            text: text,
            clientId: clientID,
            createdAt: tx.now
        )
        let stored = try tx.insertOrKeepFirst(message)
        if stored.id == id { try tx.attachAll(attachmentIDs, to: message) }
        guard let whole = try tx.message(id: stored.id, channelID: channelID) else { throw APIError.messageNotFound }
        return whole
    }
}

extension Transaction {
    /// Attaches files to a message, or throws ``APIError`` 400 naming those that cannot be.
    func attachAll(_ ids: [String], to message: Message) throws {
        let refused = try attach(ids: ids, to: message)
        guard refused.isEmpty else {
            let names = refused.joined(separator: ", ")
            throw APIError.invalid("attachmentIds", "are not free files of this channel: \(names)")
        }
    }
}

private struct MessageWithAgent: Encodable {
    let message: MessageView
    let agent: Agent

    private enum CodingKeys: CodingKey { case agent }

    func encode(to encoder: any Encoder) throws {
        try message.encode(to: encoder)
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(AgentSummary(agent: agent), forKey: .agent)
    }
}

/// An agent without its webhook.
private struct AgentSummary: Encodable {
    let agent: Agent

    private enum CodingKeys: CodingKey {
        case id, name, description, avatarUrl, status, statusMessage, statusSince, lastActiveAt, tag, createdAt
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(agent.id, forKey: .id)
        try object.encode(agent.name, forKey: .name)
        try object.encode(agent.description, forKey: .description)
        try object.encode(agent.avatarUrl, forKey: .avatarUrl)
        try object.encode(agent.status, forKey: .status)
        try object.encode(agent.statusMessage, forKey: .statusMessage)
        try object.encode(agent.statusSince, forKey: .statusSince)
        try object.encode(agent.lastActiveAt, forKey: .lastActiveAt)
        try object.encode(agent.tag, forKey: .tag)
        try object.encode(agent.createdAt, forKey: .createdAt)
    }
}
