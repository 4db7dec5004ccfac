/// The question in a message, and its answer once there is one. Free objects are JSON text.
package struct Review: Sendable, Equatable {
    /// `pending` changes once to one of the others, which are final.
    package enum Status: String, Sendable, Storable {
        case pending, completed, expired
    }

    /// The message it is part of.
    package var messageID: Message.ID
    package var channelID: Agent.ID
    /// How the question is shown. An unknown type is shown as freeform.
    package var type: String
    package var payloadJSON: String?
    /// `{url, method?, headers?}`
    package var callbackJSON: String?
    package var status: Status
    package var expiresAt: Timestamp
    /// There exactly when the review is completed, as is `completedAt`.
    package var responseJSON: String?
    package var feedback: String?
    /// The ids of replacements, by the ids of the originals.
    package var modifiedFileIDsJSON: String?
    package var completedAt: Timestamp?

    /// A question in `message`, pending until `expiresAt`.
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

    /// The status at `now`. From `expiresAt` on a pending review is expired, even before the sweep has noted it.
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
