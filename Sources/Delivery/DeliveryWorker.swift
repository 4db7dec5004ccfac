import API
import CoreMetrics
import HTTP
import Index
import Logging
import NIOCore

/// Delivers queued events for as long as it runs. Each arrives at least once, always under the same `webhook-id`.
///
/// It sleeps until a delivery is due or something is queued, and asks the index only then. Claims are leases, so what a
/// killed process was sending is sent again.
package struct DeliveryWorker: Sendable {
    private static let maxAtOnce = 64
    /// Longer than an attempt takes. Until then no other claim is made.
    private static let lease = Duration.seconds(15)

    private let index: StoreIndex
    private let client: WebhookClient
    private let schedule: RetrySchedule
    private let logger: Logger
    private let turns = SendingTurns<NextDelivery>(perUser: Limits.webhooksPerUser)
    private let ended: (delivered: Counter, failed: Counter, givenUp: Counter)

    package init(
        index: StoreIndex,
        allowed: AllowedTargets,
        schedule: RetrySchedule = .standard,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) {
        self.index = index
        self.schedule = schedule
        self.logger = logger
        client = WebhookClient(allowed: allowed)
        func counter(_ outcome: String) -> Counter {
            Counter(label: "placet_webhook_attempts_total", dimensions: [("outcome", outcome)], factory: metrics)
        }
        ended = (counter("delivered"), counter("failed"), counter("given_up"))
    }

    /// Runs until cancelled. Attempts under way are then given back, and count as not made.
    ///
    /// - Throws: when the index cannot be used.
    package func run() async throws {
        let (free, freed) = AsyncStream.makeStream(of: Void.self)
        for _ in 0..<Self.maxAtOnce { freed.yield() }
        try await withThrowingDiscardingTaskGroup { group in
            for await _ in free {
                let delivery = try await next()
                group.addTask {
                    try await deliver(delivery)
                    freed.yield()
                }
            }
        }
    }

    /// Claims the delivery whose turn it is, and takes its place. Waits if there is none.
    private func next() async throws -> Delivery {
        while true {
            let queue = try await index.read { try $0.nextDeliveries() }
            if let head = turns.next(in: queue, now: .now()) {
                let claimed = try await index.write(for: .upkeep) { tx in
                    try tx.claimDelivery(inAnyChannel: head.channelID, lease: Self.lease)
                }
                guard let claimed else { continue }
                turns.take(head.channelID, of: head.userID)
                return claimed
            }
            // Also ends when a delivery came in, was given back, or a channel has a place again.
            try await index.sleep(until: turns.nextDue(in: queue), listeningTo: .deliveries) {
                turns.nextDue(in: try await index.read { try $0.nextDeliveries() })
            }
        }
    }

    /// Tries once and notes how it went.
    ///
    /// - Throws: errors of the index, which end the worker.
    private func deliver(_ delivery: Delivery) async throws {
        let outcome: Result<Int?, any Error>
        do {
            outcome = .success(try await attempt(delivery))
        } catch {
            outcome = .failure(error)
        }
        // Before the index rings, so that whoever wakes up sees the free place.
        turns.leave(delivery.channelID)
        switch outcome {
        case .success(let status?):
            ended.delivered.increment()
            try await index.write(for: .upkeep) { try $0.deliverySucceeded(delivery, status: status) }
        case .failure(let failure as AttemptFailure) where failure.isFinal || !Task.isCancelled:
            try await note(failure, of: delivery)
        case .success(nil):
            try await index.write(for: .upkeep) { try $0.giveBack(delivery) }
        case .failure(let error):
            try await index.write(for: .upkeep) { try $0.giveBack(delivery) }
            if !Task.isCancelled { throw error }
        }
    }

    /// Sends the event once.
    ///
    /// - Returns: the status of the answer; nil when the message is gone, and the delivery with it.
    /// - Throws: ``AttemptFailure``; errors of the index.
    private func attempt(_ delivery: Delivery) async throws -> Int? {
        let (message, agent) = try await index.read { reader in
            (try reader.anyMessage(id: delivery.messageID), try reader.anyAgent(id: delivery.channelID))
        }
        guard let message, let agent else { return nil }
        let request: WebhookRequest
        do {
            let body = try ByteBuffer.json(WebhookEventJSON(delivery.event, message))
            request = try WebhookRequest(id: delivery.id, of: message, channel: agent.webhook, body: body, now: .now())
        } catch let error where !(error is AttemptFailure) {
            // No known error comes here, but a row like that must not stop the others.
            throw AttemptFailure("The request could not be made", isFinal: true)
        }
        return try await client.send(request, timeout: Limits.webhookAttempt)
    }

    /// Notes a failure and when to try again. The log has a warning when the delivery is given up.
    private func note(_ failure: AttemptFailure, of delivery: Delivery) async throws {
        let pause = schedule.pause(after: failure, ofAttempt: delivery.attempts + 1)
        (pause == nil ? ended.givenUp : ended.failed).increment()
        try await index.write(for: .upkeep) { tx in
            try tx.deliveryFailed(delivery, status: failure.status, error: failure.reason, retryAfter: pause)
        }
        logger.log(
            level: pause == nil ? .warning : .info,
            pause == nil ? "webhook given up" : "webhook failed",
            metadata: [
                "delivery": "\(delivery.id)", "message": "\(delivery.messageID)", "event": "\(delivery.event.rawValue)",
                "attempts": "\(delivery.attempts + 1)", "error": "\(failure.reason)",
            ]
        )
    }
}
