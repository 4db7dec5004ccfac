import GRDB

/// The question in a message, and its answer once it has one. The free maps are the JSON texts they came in.
package struct Review: Sendable, Equatable {
    /// `pending` goes to one of the others once, and they are final.
    package enum Status: String, Sendable, Codable, DatabaseValueConvertible {
        case pending, completed, expired
    }

    /// The message it is part of.
    package var messageId: String
    package var channelId: String
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
    package var modifiedFileIdsJSON: String?
    package var completedAt: Timestamp?

    /// A question of `message`, pending until `expiresAt`.
    package init(
        of message: Message,
        type: String,
        payloadJSON: String? = nil,
        callbackJSON: String? = nil,
        expiresAt: Timestamp
    ) {
        messageId = message.id
        channelId = message.channelId
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

extension Review: FetchableRecord {
    static let columns = """
        message_id, channel_id, type, payload, callback, status, expires_at, response, feedback, modified_file_ids, \
        completed_at
        """

    package init(row: Row) {
        messageId = row[0]
        channelId = row[1]
        type = row[2]
        payloadJSON = row[3]
        callbackJSON = row[4]
        status = row[5]
        expiresAt = row[6]
        responseJSON = row[7]
        feedback = row[8]
        modifiedFileIdsJSON = row[9]
        completedAt = row[10]
    }
}
