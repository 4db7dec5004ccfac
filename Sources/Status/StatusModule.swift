import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Prometheus
import Store

/// How things are: the server's health and its figures, for monitors, and what the agents say they are doing.
///
/// The hard part is in ``Health``: its route is open to every caller, and a check is expensive.
package struct StatusModule: RouteModule {
    private let index: StoreIndex
    private let health: Health
    let metrics: Metrics
    let monitors: MonitorAccess

    /// - Parameters:
    ///   - registry: has ``metricFamilies``.
    ///   - monitors: who may read them.
    ///   - droppedLogLines: how many there were since the start.
    package init(
        store: FileStore,
        version: String,
        registry: Registry,
        monitors: MonitorAccess,
        droppedLogLines: @escaping @Sendable () -> Int
    ) {
        index = store.index
        health = Health(store: store, version: version)
        metrics = Metrics(registry, store: store, version: version, droppedLogLines: droppedLogLines)
        self.monitors = monitors
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.monitor
            .get("health", use: read)
            .get("metrics", use: readMetrics)
        mounts.agent(.send).post("status/ping", use: ping)
    }

    /// Answers 200 or 503 with the same body, so that a monitor can go by the status alone.
    func read(_ request: Request, _ context: RootContext) async throws -> Response {
        let report = await health.report()
        return try .json(report, status: report.isHealthy ? .ok : .serviceUnavailable)
    }

    /// An agent's heartbeat. A message belongs to the status it came with, so a ping without one clears it.
    ///
    /// - Throws: ``IndexError/noSuchAgent``, which is 404 here.
    func ping(_ request: Request, _ context: AgentContext) async throws -> Response {
        let ping = try await request.read(context) { StatusPing(&$0) }
        let agent = try await index.write(by: context.principal) { tx, user in
            let (agent, channel) = try tx.agent(ping.agentID, ownedBy: user)
            return try tx.ping(agent, in: channel, status: ping.status, message: ping.message)
        }
        return try .json(AgentJSON(agent), status: .created)
    }
}
