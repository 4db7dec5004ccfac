/// A message with all that belongs to it.
package struct MessageWithParts: Sendable, Equatable, Identifiable {
    package var message: Message
    package var review: Review?
    /// In the order of their ids.
    package var attachments: [Attachment]
    /// What the sender said while it wrote a streamed draft, the first one first.
    package var statusEvents: [StreamEvent]

    package var id: String { message.id }

    /// A message and its parts as given.
    package init(
        message: Message,
        review: Review? = nil,
        attachments: [Attachment] = [],
        statusEvents: [StreamEvent] = []
    ) {
        self.message = message
        self.review = review
        self.attachments = attachments
        self.statusEvents = statusEvents
    }
}

/// Some messages of a list, in its order.
package struct MessagePage: Sendable, Equatable {
    /// The most that the messages of a page weigh together, in characters of texts, metadata, questions and answers; one
    /// message may be heavier. A message can have 8 MiB, and a page is held in memory.
    static let maxWeight = 4_000_000
    static let empty = MessagePage(messages: [], isCut: false)

    package var messages: [MessageWithParts]
    /// Whether more were asked for, and are there, than could be given at once.
    package var isCut: Bool
}

/// A finished review that its agent has not acknowledged, with its place in the channel's feed of answers.
package struct Answer: Sendable, Equatable {
    /// Grows with every review that finishes, also across restarts; never given twice.
    package var number: Int64
    package var message: MessageWithParts

    /// An answer as given.
    package init(number: Int64, message: MessageWithParts) {
        self.number = number
        self.message = message
    }
}
