import API
import HTTP
import Hummingbird
import Index
import Logging
import NIOCore

/// Webhooks: the worker that empties their queue, and for users what was sent of a channel and whether its webhook works.
package struct DeliveryModule: RouteModule {
    private let index: SQLiteIndex
    private let client: WebhookClient
    private let worker: DeliveryWorker
    private let channels = Places<Agent.ID>(perKey: 1, inAll: Limits.webhookTests)
    private let users = Places<User.ID>(perKey: Limits.webhookTestsPerUser)

    package init(index: SQLiteIndex, allowed: AllowedTargets, logger: Logger) {
        self.index = index
        client = WebhookClient(allowed: allowed)
        worker = DeliveryWorker(index: index, allowed: allowed, logger: logger)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.user
            .get("agents/:id/deliveries", use: list)
            .post("agents/:id/webhook/test", use: test)
    }

    package var backgroundWork: [BackgroundWork] { [BackgroundWork("webhooks", run: worker.run)] }

    func list(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Agent.self), context.userID)
        let page = try PageRequest(request)
        let rows = try await index.read { reader in
            let (_, channel) = try reader.agent(id, ownedBy: userID)
            return try reader.deliveries(in: channel, before: page.cursor(), limit: page.limit + 1)
        }
        return try .json(PageJSON(rows, limit: page.limit, id: \.id) { DeliveryJSON($0) })
    }

    /// Sends one event to the channel's webhook as a real one would be, once and now, and answers how that went.
    func test(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Agent.self), context.userID)
        let webhook = try await index.read { try $0.agent(id, ownedBy: userID).agent.webhook }
        guard let webhook else { throw APIError(.badRequest, "Set a webhook first") }
        let places = [
            try channels.place(id, orAfter: Limits.webhookAttempt),
            try users.place(userID, orAfter: Limits.webhookAttempt),
        ]
        defer { withExtendedLifetime(places) {} }
        let sending = Task { try await WebhookTest(of: webhook, channelID: id, by: client) }
        // Nobody waits for it then.
        context.connection.onHangUp { sending.cancel() }
        let test = try await withTaskCancellationHandler {
            try await sending.value
        } onCancel: {
            sending.cancel()
        }
        return try .json(WebhookTestJSON(status: test.status, error: test.error, milliseconds: test.milliseconds))
    }
}
