import API
import HTTP
import Hummingbird
import Index

/// Making, changing and deleting agents, by agents and users alike.
extension AgentsModule {
    /// All agents of the key's user, newest first. Users get more: see ``listWithNews(_:_:)``.
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        let userID = context.userID
        return try .json(try await index.read { try $0.agents(userID: userID) }.map { AgentJSON($0) })
    }

    func create(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let draft = try await request.read(context) { AgentDraft(&$0) }
        let (id, userID) = (Agent.ID.make(), context.userID)
        let agent = try await index.write { tx in
            let agent = Agent(
                id: id,
                userID: userID,
                name: draft.name,
                description: draft.description,
                avatarURL: draft.avatarURL,
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

    /// Changes the members that are given. Null empties `avatarUrl`, `webhookUrl` and `tag`.
    ///
    /// - Throws: ``IndexError/noSuchAgent``.
    func update(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let change = try await request.read(context) { AgentChange(&$0, avatarPath: Agent.avatarPath(id: id)) }
        let agent = try await self.change(id, of: context.userID) { agent, _ in change.apply(to: &agent) }
        return try .json(AgentJSON(agent))
    }

    /// Takes the agent out of sight at once with all it owns. The rows go in batches afterwards (see ``removal``).
    ///
    /// - Throws: ``IndexError/noSuchAgent``.
    func delete(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Agent.self), context.userID)
        try await index.write { tx in
            let (_, channel) = try tx.agent(id, ownedBy: userID)
            try tx.deleteAgent(in: channel)
        }
        return try .json(["deleted": true])
    }

    /// Changes an agent of the user's and returns it.
    ///
    /// - Throws: ``IndexError/noSuchAgent`` when there is none, or it is another user's.
    func change(
        _ id: Agent.ID,
        of userID: User.ID,
        _ change: @escaping @Sendable (inout Agent, _ now: Timestamp) -> Void
    ) async throws -> Agent {
        try await index.write { tx in
            var (agent, channel) = try tx.agent(id, ownedBy: userID)
            change(&agent, tx.now)
            try tx.update(agent, in: channel)
            return agent
        }
    }
}

extension AgentChange {
    /// Another URL is another webhook: what belonged to the old one, such as credentials, must not be sent there.
    fileprivate func apply(to agent: inout Agent) {
        agent.name = name ?? agent.name
        agent.description = description ?? agent.description
        if let avatarURL { agent.avatarURL = avatarURL }
        if let tag { agent.tag = tag }
        if let webhookURL, webhookURL != agent.webhook?.url { agent.webhook = webhookURL.map { Webhook(url: $0) } }
    }
}
