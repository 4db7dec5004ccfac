/// The question in a message, and its answer once it has one. The free maps are JSON texts.
package struct Review: Sendable, Equatable {
    /// `pending` goes to one of the others once, and they are final.
    package enum Status: String, Sendable, Storable {
        case pending, completed, expired
    }

    /// The message it is part of.
    package var messageID: Message.ID
    package var channelID: Agent.ID
    /// What shows the question; an unknown one is shown as freeform.
    package var type: String
    package var payloadJSON: String?
    /// `{url, method?, headers?}`
    package var callbackJSON: String?
    package var status: Status
    package var expiresAt: Timestamp
    /// There exactly when completed; so is `completedAt`.
    package var responseJSON: String?
    package var feedback: String?
    /// Original attachment id to replacement id.
    package var modifiedFileIDsJSON: String?
    package var completedAt: Timestamp?

    /// A question of `message`, pending until `expiresAt`.
    package init(
        of message: Message,
        type: String,
        payloadJSON: String? = nil,
        callbackJSON: String? = nil,
        expiresAt: Timestamp
    ) {
        messageID = message.id
        channelID = message.channelID
        self.type = type
        self.payloadJSON = payloadJSON
        self.callbackJSON = callbackJSON
        self.expiresAt = expiresAt
        status = .pending
    }

    /// The status at `now`: from `expiresAt` on a review is expired, also before the sweep has noted it.
    package func status(at now: Timestamp) -> Status {
        status == .pending && expiresAt <= now ? .expired : status
    }
}

extension Review: StoredRecord {
    static let columns = Columns<Review>(
        of: "reviews",
        [
            ("message_id", { $0.messageID }),
            ("channel_id", { $0.channelID }),
            ("type", { $0.type }),
            ("payload", { $0.payloadJSON }),
            ("callback", { $0.callbackJSON }),
            ("status", { $0.status }),
            ("expires_at", { $0.expiresAt }),
            ("response", { $0.responseJSON }),
            ("feedback", { $0.feedback }),
            ("modified_file_ids", { $0.modifiedFileIDsJSON }),
            ("completed_at", { $0.completedAt }),
        ]
    )

    init(row: inout Row) {
        messageID = row.next()
        channelID = row.next()
        type = row.next()
        payloadJSON = row.next()
        callbackJSON = row.next()
        status = row.next()
        expiresAt = row.next()
        responseJSON = row.next()
        feedback = row.next()
        modifiedFileIDsJSON = row.next()
        completedAt = row.next()
    }
}
