import API
import HTTP
import Index
import NIOCore

/// How a webhook took the event `webhook:test`, which reports nothing that happened.
struct WebhookTest: Sendable, Equatable {
    let delivered: Bool
    /// The status of the receiver's answer, if there was one.
    let status: Int?
    /// Why it was not delivered.
    let error: String?
    /// From looking up the name to the answer.
    let milliseconds: Int64

    /// Sends the event, with everything that a real one carries. A failure to deliver is a result, not an error.
    ///
    /// - Parameter timeout: from looking up the name to the status.
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
            outcome = (try await client.send(request, timeout: timeout), nil)
        } catch let failure as AttemptFailure {
            outcome = (failure.status, failure.reason)
        }
        (status, error) = outcome
        delivered = outcome.error == nil
        milliseconds = Int64((ContinuousClock.now - start) / .milliseconds(1))
    }
}
