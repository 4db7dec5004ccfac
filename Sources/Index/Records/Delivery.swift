/// An event of a message on its way to a webhook.
package struct Delivery: Sendable, Equatable, Identifiable {
    /// What is told, by the names that receivers know.
    package enum Event: String, Sendable, Storable {
        case messageCreated = "message:created"
        case reviewResponded = "review:responded"
        case reviewExpired = "review:expired"

        /// The change that listeners on this server hear of.
        var change: Change.Kind {
            switch self {
            case .messageCreated: .messageCreated
            case .reviewResponded: .reviewResponded
            case .reviewExpired: .reviewExpired
            }
        }
    }

    /// `pending` until the event is delivered or given up. A retry by hand makes a failed one pending again.
    package enum State: String, Sendable, Storable {
        case pending, delivered, failed
    }

    /// Sent as `webhook-id`. It is the same for every attempt, so that a receiver can recognize repeats.
    package var id: Identifier<Delivery>
    package var channelID: Agent.ID
    package var messageID: Message.ID
    package var event: Event
    package var state: State
    /// How many attempts have ended since the last retry by hand.
    package var attempts: Int
    /// When the last attempt ended, if there was one.
    package var attemptedAt: Timestamp?
    /// When it may be claimed. While it is claimed, the end of the lease, which identifies the claim. Nil when
    /// finished.
    package var nextAttemptAt: Timestamp?
    /// The status of the last attempt that got an answer. `error` says why the last attempt failed.
    package var responseStatus: Int?
    package var error: String?
    package var createdAt: Timestamp
    package var finishedAt: Timestamp?
}

extension Delivery: StoredRecord {
    static let columns = Columns<Delivery>(
        of: "deliveries",
        [
            ("id", { $0.id }),
            ("channel_id", { $0.channelID }),
            ("message_id", { $0.messageID }),
            ("event", { $0.event }),
            ("state", { $0.state }),
            ("attempts", { $0.attempts }),
            ("attempted_at", { $0.attemptedAt }),
            ("next_attempt_at", { $0.nextAttemptAt }),
            ("response_status", { $0.responseStatus }),
            ("error", { $0.error }),
            ("created_at", { $0.createdAt }),
            ("finished_at", { $0.finishedAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        channelID = row.next()
        messageID = row.next()
        event = row.next()
        state = row.next()
        attempts = row.next()
        attemptedAt = row.next()
        nextAttemptAt = row.next()
        responseStatus = row.next()
        error = row.next()
        createdAt = row.next()
        finishedAt = row.next()
    }
}
