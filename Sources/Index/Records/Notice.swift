/// What is told of a message by one way, or of several together.
package struct Notice: Sendable, Equatable {
    package enum Kind: String, Sendable, Storable {
        case question, reminder, problem, message
        /// What was told before is answered, has expired, or is gone.
        case settled

        var isOfQuestion: Bool { self == .question || self == .reminder }
    }

    /// How it was told. A question that was told alone is taken back alone.
    package enum Form: String, Sendable, Storable {
        case alone, digest
    }

    package var messageID: Message.ID
    package var kind: Kind
    /// How many attempts have failed.
    package var attempts: Int
    package var isHeld: Bool
    package var told: Form?
}

extension Notice: RowReadable {
    static let columns = "message_id, kind, attempts, held, told"
    /// When half of a question's time is over, in a statement that has its message and its review.
    static let halfTime = "messages.created_at + (reviews.expires_at - messages.created_at) / 2"

    init(row: inout Row) {
        messageID = row.next()
        kind = row.next()
        attempts = row.next()
        isHeld = row.next()
        told = row.next()
    }
}

/// A notice that was claimed to be sent, and what is needed for that.
package struct ClaimedNotice: Sendable {
    /// What one notice says of several messages.
    package struct Digest: Sendable, Equatable {
        package var questions: Int
        package var others: Int

        package init(questions: Int, others: Int) {
            (self.questions, self.others) = (questions, others)
        }
    }

    package let way: NoticeWay
    /// The first of them, when there are several.
    package let notice: Notice
    /// Set for those that are told together, or were.
    package let digest: Digest?
    /// The end of the lease, which identifies the claim.
    package let lease: Timestamp

    /// Whether it tells of several messages, which nobody has been told of yet.
    package var isOfSeveral: Bool { digest != nil && notice.kind != .settled }
}

/// The head of a way's queue of notices.
package struct NextNotice: Sendable, Equatable, RowReadable {
    package let wayID: NoticeWay.ID
    package let userID: User.ID
    /// When it may be claimed, which may be in the past.
    package let dueAt: Timestamp

    init(row: inout Row) {
        wayID = row.next()
        userID = row.next()
        dueAt = row.next()
    }
}
