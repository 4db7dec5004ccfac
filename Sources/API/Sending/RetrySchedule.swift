import HTTP
import Index

/// When a failed delivery or notice is tried again (docs/api.md, "Webhooks", Delivery).
package struct RetrySchedule: Sendable {
    package static let standard = RetrySchedule(pauses: Limits.webhookPauses)

    private let pauses: [Duration]

    /// - Parameter pauses: before the second attempt, the third and so on.
    package init(pauses: [Duration]) {
        self.pauses = pauses
    }

    /// How long to wait after `failure` of attempt number `count`. Nil gives the delivery up. The receiver can make it
    /// longer, up to ``Limits/webhookRetryAfter``, but never shorter.
    package func pause(after failure: AttemptFailure, ofAttempt count: Int) -> Duration? {
        guard !failure.isFinal, pauses.indices.contains(count - 1) else { return nil }
        return max(pauses[count - 1], min(failure.retryAfter ?? .zero, Limits.webhookRetryAfter))
    }

    /// What the header `Retry-After` asks for, in seconds or as a date (RFC 9110 section 10.2.3). Nil when it cannot be
    /// read.
    package static func retryAfter(_ text: String, now: Timestamp) -> Duration? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return .seconds(Int64(text) ?? .max)
        }
        return HTTPDate(text).map { .seconds(Int64($0.seconds) - now.milliseconds / 1000) }
    }
}
