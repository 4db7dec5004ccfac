import Index

/// An event of a message on its way to a webhook (`Delivery` in docs/api.md), with the outcome of the last attempt.
package struct DeliveryJSON: Encodable, Sendable {
    let id: Delivery.ID
    let messageId: Message.ID
    let event: Delivery.Event
    let state: Delivery.State
    let attempts: Int
    @OrNull var attemptedAt: Timestamp?
    @OrNull var responseStatus: Int?
    @OrNull var error: String?
    @OrNull var nextAttemptAt: Timestamp?
    let createdAt: Timestamp
    @OrNull var finishedAt: Timestamp?

    package init(_ delivery: Delivery) {
        id = delivery.id
        messageId = delivery.messageID
        event = delivery.event
        state = delivery.state
        attempts = delivery.attempts
        attemptedAt = delivery.attemptedAt
        responseStatus = delivery.responseStatus
        error = delivery.error
        nextAttemptAt = delivery.nextAttemptAt
        createdAt = delivery.createdAt
        finishedAt = delivery.finishedAt
    }
}
