import Index

/// How a review ended, or that it has not.
package enum OutcomeStatus: String, Encodable, Sendable {
    case completed, expired, timeout

    /// Of a message whose review has ended.
    init(of message: MessageWithParts) {
        self = message.review?.status == .completed ? .completed : .expired
    }
}

/// What a wait for a review's end gives.
package struct OutcomeJSON: Encodable, Sendable {
    package static let timeout = OutcomeJSON(status: .timeout, message: nil)

    let status: OutcomeStatus
    let message: MessageJSON?

    /// The end of a message's review.
    ///
    /// - Parameter texts: the text of its small files, by the ids of the attachments.
    package init(_ message: MessageWithParts, texts: [Attachment.ID: String]) {
        self.init(status: OutcomeStatus(of: message), message: MessageJSON(message, texts: texts))
    }

    private init(status: OutcomeStatus, message: MessageJSON?) {
        self.status = status
        self.message = message
    }
}

/// The feed of reviews that have ended.
package struct AnswersJSON: Encodable, Sendable {
    struct Item: Encodable, Sendable {
        let number: Int64
        let status: OutcomeStatus
        let message: MessageJSON
    }

    let answers: [Item]
    /// What to pass as `after` to see only what comes.
    let next: Int64

    /// - Parameter last: the `after` of this request.
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
