import API
import NIOCore
import NIOHTTP1

/// Sends notices to push services and to ntfy, under the rules of webhooks. What they are is decided in `Notices`.
package struct NoticeSender: Sendable {
    private let client: WebhookClient

    package init(allowed: AllowedTargets) {
        client = WebhookClient(allowed: allowed)
    }

    /// Posts once, and returns the status, which is 2xx.
    ///
    /// - Throws: ``AttemptFailure``, also when the task is cancelled.
    package func post(_ body: [UInt8], _ headers: [String: String], to target: WebhookTarget) async throws -> Int {
        var fields = HTTPHeaders(headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        fields.add(name: "user-agent", value: "placet")
        let request = WebhookRequest(target: target, method: .POST, headers: fields, body: ByteBuffer(bytes: body))
        return try await client.send(request, timeout: Limits.webhookAttempt)
    }
}
