import GRDB

/// An event of a message on its way to a webhook.
package struct Delivery: Sendable, Equatable, Identifiable {
    /// What is told, under the contract's names.
    package enum Event: String, Sendable, DatabaseValueConvertible {
        case messageCreated = "message:created"
        case reviewResponded = "review:responded"
        case reviewExpired = "review:expired"

        /// What the listeners here are told of it.
        var change: Change.Kind {
            switch self {
            case .messageCreated: .messageCreated
            case .reviewResponded: .reviewResponded
            case .reviewExpired: .reviewExpired
            }
        }
    }

    /// `pending` until it has arrived or was given up; a retry makes a failed one pending again.
    package enum State: String, Sendable, DatabaseValueConvertible {
        case pending, delivered, failed
    }

    /// The `webhook-id`: the same for every attempt, so that a receiver can tell repeats.
    package var id: String
    package var channelId: String
    package var messageId: String
    package var event: Event
    package var state: State
    /// How many attempts have ended, since the last retry by hand.
    package var attempts: Int
    /// When it may be claimed; of a claimed one the end of the lease, which names the claim. Nil when finished.
    package var nextAttemptAt: Timestamp?
    /// Of the last attempt that got an answer, and why the last one failed.
    package var responseStatus: Int?
    package var error: String?
    package var createdAt: Timestamp
    package var finishedAt: Timestamp?
}

extension Delivery: FetchableRecord {
    static let columns = """
        id, channel_id, message_id, event, state, attempts, next_attempt_at, response_status, error, created_at, \
        finished_at
        """

    package init(row: Row) {
        id = row[0]
        channelId = row[1]
        messageId = row[2]
        event = row[3]
        state = row[4]
        attempts = row[5]
        nextAttemptAt = row[6]
        responseStatus = row[7]
        error = row[8]
        createdAt = row[9]
        finishedAt = row[10]
    }
}
