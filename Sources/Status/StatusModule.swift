import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import Store

/// How things are: the server's health, and what the agents say they are doing.
package struct StatusModule: RouteModule {
    private let index: Index
    private let health: Health

    package init(store: FileStore, version: String) {
        index = store.index
        health = Health(store: store, version: version)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.open.get("health", use: read)
        mounts.agent.post("status/ping", use: ping)
    }

    @Sendable
    func read(_ request: Request, _ context: RootContext) async throws -> Response {
        let report = await health.report()
        return try .json(report, status: report.isHealthy ? .ok : .serviceUnavailable)
    }

    /// An agent's heartbeat. A message left out is none: it belongs to the status it came with.
    @Sendable
    func ping(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (agentID, status, message) = try await request.read(context) { fields in
            (
                fields.string("agentId", length: Limits.id),
                fields.choice("status", Agent.Status.self),
                fields.optionalString("message", length: Limits.statusMessage)
            )
        }
        let userID = context.principal.userID
        let agent = try await index.write { tx in
            guard let agent = try tx.agent(id: agentID), agent.userId == userID else {
                throw APIError.agentNotFound
            }
            return try tx.ping(agent, status: status, message: message)
        }
        return try .json(agent, status: .created)
    }
}
