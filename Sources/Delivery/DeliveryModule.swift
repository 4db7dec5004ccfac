import API
import HTTP
import Hummingbird
import Index
import NIOCore

/// What people see of webhooks: what was sent of a channel, and whether its webhook works. The queue itself is emptied by
/// ``DeliveryWorker``.
package struct DeliveryModule: RouteModule {
    private let index: Index
    private let client: WebhookClient
    private let channels = Places(perKey: 1, inAll: Limits.webhookTests)
    private let users = Places(perKey: Limits.webhookTestsPerUser)

    package init(index: Index, allowed: AllowedTargets) {
        self.index = index
        client = WebhookClient(allowed: allowed)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.human
            .get("agents/:id/deliveries", use: list)
            .post("agents/:id/webhook/test", use: test)
    }

    @Sendable
    func list(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        let page = try PageRequest(request)
        let rows = try await index.read { reader in
            guard try reader.owns(id, userID: userID) else { throw APIError.agentNotFound }
            return try reader.deliveries(channelID: id, before: page.before, limit: page.limit + 1)
        }
        return try .json(PageJSON(rows, limit: page.limit, id: \.id) { DeliveryJSON($0) })
    }

    /// Sends one event to the channel's webhook as a real one would be, once and now, and answers how that went.
    @Sendable
    func test(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        guard let agent = try await index.read({ try $0.agent(id: id) }), agent.userId == userID else {
            throw APIError.agentNotFound
        }
        guard let webhook = agent.webhook else { throw APIError(.badRequest, "Set a webhook first") }
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
