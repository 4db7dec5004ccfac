import API
import HTTP
import Hummingbird
import Index

extension AgentsModule {
    @Sendable
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        let userID = context.userID
        return try .json(try await index.read { try $0.agents(userID: userID) }.map { AgentJSON($0) })
    }

    @Sendable
    func create(_ request: Request, _ context: some UserContext) async throws -> Response {
        let draft = try await request.read(context) { AgentDraft(&$0) }
        let (id, userID) = (Identifier.make(), context.userID)
        let agent = try await index.write { tx in
            let agent = Agent(
                id: id,
                userId: userID,
                name: draft.name,
                description: draft.description,
                avatarUrl: draft.avatarURL,
                webhook: draft.webhookURL.map { Webhook(url: $0) },
                status: .active,
                tag: draft.tag,
                createdAt: tx.now
            )
            try tx.insert(agent)
            return agent
        }
        return try .json(AgentJSON(agent), status: .created)
    }

    /// Changes the members that are given.
    @Sendable
    func update(_ request: Request, _ context: some UserContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let change = try await request.read(context) { AgentChange(&$0, avatarPath: Agent.avatarPath(id: id)) }
        let agent = try await self.change(id, of: context.userID, change.apply)
        return try .json(AgentJSON(agent))
    }

    /// Takes the agent out of sight at once, with all it owns; the rows go in batches afterwards (see ``removal``).
    @Sendable
    func delete(_ request: Request, _ context: some UserContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        try await index.write { tx in
            guard try tx.owns(id, userID: userID), try tx.deleteAgent(id: id) else { throw APIError.agentNotFound }
        }
        return try .json(["deleted": true])
    }

    /// Changes an agent of the user's and returns it.
    ///
    /// - Throws: ``APIError/agentNotFound``, also for somebody else's.
    func change(
        _ id: String,
        of userID: String,
        _ change: @escaping @Sendable (inout Agent) -> Void
    ) async throws -> Agent {
        try await index.write { tx in
            guard var agent = try tx.agent(id: id), agent.userId == userID else {
                throw APIError.agentNotFound
            }
            change(&agent)
            try tx.update(agent)
            return agent
        }
    }
}

extension AgentChange {
    /// Another webhook URL is a new webhook: what belonged to the old one, such as its credentials, does not go there.
    fileprivate func apply(to agent: inout Agent) {
        agent.name = name ?? agent.name
        agent.description = description ?? agent.description
        if let avatarURL { agent.avatarUrl = avatarURL }
        if let tag { agent.tag = tag }
        if let webhookURL, webhookURL != agent.webhook?.url { agent.webhook = webhookURL.map { Webhook(url: $0) } }
    }
}
