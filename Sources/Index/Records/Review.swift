/// The question in a message, and its answer once there is one. Free objects are JSON text.
package struct Review: Sendable, Equatable {
    /// `pending` changes once to one of the others, which are final.
    package enum Status: String, Sendable, Storable, CaseIterable {
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
    /// What is asked (``QuestionDigest``). Once the review is not pending any more, it is what was answered, for good.
    package var digest: String
    package var status: Status
    package var expiresAt: Timestamp
    /// There exactly when the review is completed, as are `completedAt` and `respondedBy`.
    package var responseJSON: String?
    package var feedback: String?
    /// The ids of replacements, by the ids of the originals.
    package var modifiedFileIDsJSON: String?
    package var completedAt: Timestamp?
    package var respondedBy: Responder?

    /// Leaves what was asked, and whether it was answered. For a caller who may not read answers.
    package mutating func removeAnswer() {
        (responseJSON, feedback, modifiedFileIDsJSON, respondedBy) = (nil, nil, nil, nil)
    }

    /// A question in `message`, pending until `expiresAt`.
    ///
    /// - Parameter digest: what is asked, without files; computed when it is not given.
    package init(
        of message: Message,
        type: String,
        payloadJSON: String? = nil,
        callbackJSON: String? = nil,
        digest: String? = nil,
        expiresAt: Timestamp
    ) {
        messageID = message.id
        channelID = message.channelID
        self.type = type
        self.payloadJSON = payloadJSON
        self.callbackJSON = callbackJSON
        self.digest = digest ?? QuestionDigest(text: message.text, type: type, payloadJSON: payloadJSON).hex()
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
            ("digest", { $0.digest }),
            ("status", { $0.status }),
            ("expires_at", { $0.expiresAt }),
            ("response", { $0.responseJSON }),
            ("feedback", { $0.feedback }),
            ("modified_file_ids", { $0.modifiedFileIDsJSON }),
            ("completed_at", { $0.completedAt }),
            ("responder_id", { $0.respondedBy?.userID }),
            ("responder_name", { $0.respondedBy?.name }),
            ("responded_via", { $0.respondedBy?.via }),
        ]
    )

    init(row: inout Row) {
        messageID = row.next()
        channelID = row.next()
        type = row.next()
        payloadJSON = row.next()
        callbackJSON = row.next()
        digest = row.next()
        status = row.next()
        expiresAt = row.next()
        responseJSON = row.next()
        feedback = row.next()
        modifiedFileIDsJSON = row.next()
        completedAt = row.next()
        respondedBy = Responder(row: &row)
    }
}
