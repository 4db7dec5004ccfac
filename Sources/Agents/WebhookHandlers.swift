import API
import HTTP
import Hummingbird
import Index

/// The webhook of a channel. Users name the channel in the path, agents in the body.
extension AgentsModule {
    /// Replaces the whole webhook: what the body leaves out is gone, but an old secret signs on for a while
    /// (docs/api.md, "Agents").
    ///
    /// - Throws: ``IndexError/noSuchAgent``; ``APIError`` 400 for `***` where nothing is stored.
    func setWebhook(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let pathID = context.optionalID(of: Agent.self)
        let (id, webhook) = try await request.read(context) { fields in
            (pathID ?? fields.id("channelId", of: Agent.self), fields.webhook())
        }
        let agent = try await change(id, by: context.principal.confirmed) { agent, now in
            agent.webhook = try webhook.unmasked(by: agent.webhook).replacing(agent.webhook, now: now)
        }
        return try .json(AgentJSON(agent))
    }

    /// Removes the webhook. Events still queued for it are given up at their next attempt, unless their review has a
    /// callback to go to.
    ///
    /// - Throws: ``IndexError/noSuchAgent``.
    func deleteWebhook(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let id: Agent.ID =
            if let pathID = context.optionalID(of: Agent.self) {
                pathID
            } else {
                try await request.read(context) { $0.id("channelId") }
            }
        return try .json(
            AgentJSON(try await change(id, by: context.principal, for: .upkeep) { agent, _ in agent.webhook = nil })
        )
    }
}
