import API
import HTTP
import Hummingbird
import Index

/// Making, changing and deleting agents, by agents and users alike.
extension AgentsModule {
    /// All agents of the key's user, newest first. Users get more: see ``listWithNews(_:_:)``.
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray, takesAnyID: true)
        let found = try await index.read(by: context.principal) {
            try $0.agents(userID: $1.id, before: page.cursor(), limit: page.limit + 1)
        }
        return try .array(PageJSON(found, limit: page.limit), of: request)
    }

    func create(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let draft = try await request.read(context) { AgentDraft(&$0) }
        let id = Agent.ID.make()
        let principal = draft.setsWebhook ? context.principal.confirmed : context.principal
        let agent = try await index.write(by: principal) { tx, user in
            let agent = draft.agent(id, of: user.id, now: tx.now)
            try tx.insert(agent)
            return agent
        }
        return try .json(AgentJSON(agent), status: .created)
    }

    /// Changes the members that are given. Null empties what may be empty.
    ///
    /// - Throws: ``IndexError/noSuchAgent``; what ``AgentChange/apply(to:)`` throws.
    func update(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let sender = context.senderType
        let change = try await request.read(context) {
            AgentChange(&$0, avatarPath: Agent.avatarPath(id: id), by: sender)
        }
        let principal = change.setsWebhook ? context.principal.confirmed : context.principal
        let agent = try await self.change(id, by: principal) { agent, _ in try change.apply(to: &agent) }
        return try .json(AgentJSON(agent))
    }

    /// Takes the agent out of sight at once with all it owns. The rows go in batches afterwards (see ``removal``).
    ///
    /// - Throws: ``IndexError/noSuchAgent``.
    func delete(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        try await index.write(by: context.principal, for: .upkeep) { tx, user in
            let (_, channel) = try tx.agent(id, ownedBy: user)
            try tx.deleteAgent(in: channel)
        }
        return try .json(["deleted": true])
    }

    /// Changes an agent of the user's and returns it.
    ///
    /// - Throws: ``IndexError/noSuchAgent`` when there is none, or it is another user's; what `change` throws.
    func change(
        _ id: Agent.ID,
        by principal: Principal,
        for purpose: Purpose = .content,
        _ change: @escaping @Sendable (inout Agent, _ now: Timestamp) throws -> Void
    ) async throws -> Agent {
        try await index.write(by: principal, for: purpose) { tx, user in
            var (agent, channel) = try tx.agent(id, ownedBy: user)
            try change(&agent, tx.now)
            try tx.update(agent, in: channel)
            return agent
        }
    }
}
