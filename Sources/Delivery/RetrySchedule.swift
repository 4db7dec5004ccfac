import API

/// When a failed delivery is tried again (docs/api.md, "Webhooks", Delivery).
package struct RetrySchedule: Sendable {
    package static let standard = RetrySchedule(pauses: Limits.webhookPauses)

    private let pauses: [Duration]

    /// - Parameter pauses: before the second attempt, the third and so on.
    package init(pauses: [Duration]) {
        self.pauses = pauses
    }

    /// How long to wait after the failure of attempt number `count`. Nil gives the delivery up.
    func pause(afterAttempts count: Int) -> Duration? {
        pauses.indices.contains(count - 1) ? pauses[count - 1] : nil
    }
}
