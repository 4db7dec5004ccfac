import API
import CoreMetrics
import HTTP
import Hummingbird
import Index
import Logging
import NIOCore

/// Webhooks: the worker that delivers their events, and for users the list of deliveries and a test.
///
/// The hard part is that agents choose the URLs. A request must not reach the operator's own network (``TargetRules``),
/// a channel's secrets must go to that channel's own origin alone (``WebhookRequest``), and a slow receiver must not
/// hold up the others (``DeliveryWorker``).
package struct DeliveryModule: RouteModule {
    private let index: StoreIndex
    private let client: WebhookClient
    private let worker: DeliveryWorker
    /// Tests under way: one for each channel, and all together.
    private let channels = Places<Agent.ID>(perKey: 1, inAll: Limits.webhookTests)
    /// Tests under way for each user.
    private let users = Places<User.ID>(perKey: Limits.webhookTestsPerUser)

    package init(index: StoreIndex, allowed: AllowedTargets, metrics: any MetricsFactory, logger: Logger) {
        self.index = index
        client = WebhookClient(allowed: allowed)
        worker = DeliveryWorker(index: index, allowed: allowed, metrics: metrics, logger: logger)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.user
            .get("agents/:id/deliveries", use: inTurn(list))
            .post("agents/:id/webhook/test", use: test)
    }

    package var backgroundWork: [BackgroundWork] { [BackgroundWork("webhooks", run: worker.run)] }

    /// What became of the channel's events, or of those of one `message`, newest first.
    ///
    /// - Throws: ``IndexError/noSuchAgent``.
    func list(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let page = try PageRequest(request)
        let messageID = try request.searched("message").map { Message.ID(rawValue: $0) }
        let rows = try await index.read(by: context.principal) { reader, user in
            let (_, channel) = try reader.agent(id, ownedBy: user)
            return try reader.deliveries(in: channel, of: messageID, before: page.cursor(), limit: page.limit + 1)
        }
        return try .json(PageJSON(rows, limit: page.limit, id: \.id) { DeliveryJSON($0) })
    }

    /// Sends one event to the channel's webhook as a real one would be sent, once and now, and answers how that went.
    ///
    /// - Throws: ``IndexError/noSuchAgent``; ``APIError`` 400 without a webhook, 429 while too many tests are under
    ///   way.
    func test(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let webhook = try await index.read(by: context.principal) { try $0.agent(id, ownedBy: $1).agent.webhook }
        guard let webhook else { throw APIError(.badRequest, "Set a webhook first") }
        let places = [
            try channels.place(id, orAfter: Limits.webhookAttempt),
            try users.place(context.userID, orAfter: Limits.webhookAttempt),
        ]
        defer { withExtendedLifetime(places) {} }
        let sending = Task { try await WebhookTest(of: webhook, channelID: id, by: client) }
        // Nobody waits for the result then.
        context.connection.onHangUp { sending.cancel() }
        let test = try await withTaskCancellationHandler {
            try await sending.value
        } onCancel: {
            sending.cancel()
        }
        return try .json(WebhookTestJSON(status: test.status, error: test.error, milliseconds: test.milliseconds))
    }
}
