import Hummingbird
import Index
import Routing

extension AgentsModule {
    @Sendable
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        let userID = context.userID
        return try .json(try await index.read { try $0.agents(userID: userID) })
    }

    @Sendable
    func create(_ request: Request, _ context: some UserContext) async throws -> Response {
        var fields = try await request.jsonFields(on: context.connection)
        let name = fields.string("name", length: 1...200)
        let description = fields.optionalString("description", length: 0...10_000)
        let avatarURL = fields.optionalURL("avatarUrl")
        let webhookURL = fields.optionalURL("webhookUrl")
        let tag = fields.optionalString("tag", length: 0...64, nullable: true)
        try fields.check()

        let (id, userID) = (Identifier.make(), context.userID)
        let agent = try await index.write { tx in
            let agent = Agent(
                id: id,
                userId: userID,
                name: name,
                description: description,
                avatarUrl: avatarURL,
                webhook: webhookURL.map { Webhook(url: $0) },
                status: .active,
                tag: tag,
                createdAt: tx.now
            )
            try tx.insert(agent)
            return agent
        }
        return try .json(agent, status: .created)
    }

    /// Changes the members that are given. Another `webhookUrl` is a new webhook: what belonged to the old one, such as its
    /// credentials, does not go there.
    @Sendable
    func update(_ request: Request, _ context: some UserContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let uploaded = Agent.avatarPath(id: id)
        var given = try await request.jsonFields(on: context.connection)
        let name = given.optionalString("name", length: 1...200)
        let description = given.optionalString("description", length: 0...10_000)
        let avatarURL = given.optionalURL("avatarUrl", orBelow: uploaded)
        let webhookURL = given.optionalURL("webhookUrl")
        let tag = given.optionalString("tag", length: 0...64, nullable: true)
        try given.check()
        let fields = given
        let agent = try await change(id, of: context.userID) { agent in
            agent.name = name ?? agent.name
            agent.description = description ?? agent.description
            // The address of an uploaded picture, sent back as it was read, changes nothing.
            if fields.has("avatarUrl"), avatarURL?.hasPrefix(uploaded) != true { agent.avatarUrl = avatarURL }
            if fields.has("tag") { agent.tag = tag }
            if fields.has("webhookUrl"), webhookURL != agent.webhook?.url {
                agent.webhook = webhookURL.map { Webhook(url: $0) }
            }
        }
        return try .json(agent)
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
