import Index

/// How a review ended, or that it has not ended (`timeout`).
package enum OutcomeStatus: String, Encodable, Sendable {
    case completed, expired, timeout

    /// The outcome of a message whose review has ended.
    init(of message: MessageWithParts) {
        self = message.review?.status == .completed ? .completed : .expired
    }
}

/// The answer to a request that waited for the end of a review.
package struct OutcomeJSON: Encodable, Sendable {
    package static let timeout = OutcomeJSON(status: .timeout, message: nil)

    let status: OutcomeStatus
    let message: MessageJSON?

    /// The end of a message's review.
    ///
    /// - Parameter texts: the text of the message's small files, by attachment id.
    package init(_ message: MessageWithParts, texts: [Attachment.ID: String]) {
        self.init(status: OutcomeStatus(of: message), message: MessageJSON(message, texts: texts))
    }

    private init(status: OutcomeStatus, message: MessageJSON?) {
        self.status = status
        self.message = message
    }
}

/// The feed of reviews that have ended, the first to end first.
package struct AnswersJSON: Encodable, Sendable {
    struct Item: Encodable, Sendable {
        let number: Int64
        let status: OutcomeStatus
        let message: MessageJSON
    }

    let answers: [Item]
    /// What to pass as `after` next time, to see only what is new.
    let next: Int64

    /// - Parameter last: the `after` of this request, which stays the cursor while there is nothing new.
    package init(_ answers: [Answer], after last: Int64) {
        self.answers = answers.map { answer in
            Item(
                number: answer.number,
                status: OutcomeStatus(of: answer.message),
                message: MessageJSON(answer.message)
            )
        }
        next = answers.last?.number ?? last
    }
}
