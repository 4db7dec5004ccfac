import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Store

/// How things are: the server's health, and what the agents say they are doing.
package struct StatusModule: RouteModule {
    private let index: SQLiteIndex
    private let health: Health

    package init(store: FileStore, version: String) {
        index = store.index
        health = Health(store: store, version: version)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.open.get("health", use: read)
        mounts.agent.post("status/ping", use: ping)
    }

    func read(_ request: Request, _ context: RootContext) async throws -> Response {
        let report = await health.report()
        return try .json(report, status: report.isHealthy ? .ok : .serviceUnavailable)
    }

    /// An agent's heartbeat. A message left out is none: it belongs to the status it came with.
    func ping(_ request: Request, _ context: AgentContext) async throws -> Response {
        let ping = try await request.read(context) { StatusPing(&$0) }
        let userID = context.userID
        let agent = try await index.write { tx in
            let (agent, channel) = try tx.agent(ping.agentID, ownedBy: userID)
            return try tx.ping(agent, in: channel, status: ping.status, message: ping.message)
        }
        return try .json(AgentJSON(agent), status: .created)
    }
}
