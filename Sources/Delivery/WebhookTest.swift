import API
import HTTP
import Index
import NIOCore

/// How a webhook took an event that tells of nothing.
struct WebhookTest: Sendable, Equatable {
    let delivered: Bool
    /// Of the receiver's answer, if it gave one.
    let status: Int?
    /// Why it was not delivered.
    let error: String?
    /// From the look-up of the name on.
    let milliseconds: Int64

    /// Sends the event, with all that a real one carries.
    init(
        of webhook: Webhook,
        channelID: Agent.ID,
        by client: WebhookClient,
        timeout: Duration = Limits.webhookAttempt
    ) async throws {
        let start = ContinuousClock.now
        let outcome: (status: Int?, error: String?)
        do {
            let body = try ByteBuffer.json(["event": "webhook:test", "channelId": channelID.rawValue])
            let request = try WebhookRequest(id: .make(), to: webhook, body: body, now: .now())
            outcome = (try await client.send(request, timeout: timeout, turn: 0), nil)
        } catch let failure as AttemptFailure {
            outcome = (failure.status, failure.reason)
        }
        (status, error) = outcome
        delivered = outcome.error == nil
        milliseconds = Int64((ContinuousClock.now - start) / .milliseconds(1))
    }
}
