import Index

/// What an agent's channel holds, in numbers, and the agent's latest statuses, newest first.
package struct AgentFiguresJSON: Encodable, Sendable {
    struct Status: Encodable, Sendable {
        let status: Agent.Status
        @OrNull var message: String?
        let since: Timestamp
    }

    let messages: [String: Int]
    let reviews: [String: Int]
    let files: [String: Int64]
    let deliveries: [String: Int]
    let statuses: [Status]

    package init(_ figures: AgentFigures) {
        let (messages, reviews) = (figures.messages, figures.reviews)
        let (files, deliveries) = (figures.files, figures.deliveries)
        self.messages = ["agent": messages.agent, "user": messages.user]
        self.reviews = ["pending": reviews.pending, "completed": reviews.completed, "expired": reviews.expired]
        self.files = ["count": Int64(files.count), "bytes": files.bytes]
        self.deliveries = [
            "pending": deliveries.pending, "delivered": deliveries.delivered, "failed": deliveries.failed,
        ]
        statuses = figures.statuses.map { Status(status: $0.status, message: $0.message, since: $0.since) }
    }
}
