/// An upload that comes in parts, from the same user in any number of requests, until all of its bytes are here. Then it
/// is a file, and the row says for a while which one.
package struct PartialUpload: Sendable, Equatable, Identifiable {
    package var id: Identifier<PartialUpload>
    package var userID: User.ID
    package var channelID: Agent.ID
    package var filename: String
    package var declaredType: String?
    /// How many bytes it will have.
    package var length: Int
    /// How many of them are here, durable. All of them once it is a file.
    package var received: Int
    /// The file that it has become.
    package var attachmentID: Attachment.ID?
    package var createdAt: Timestamp
    package var expiresAt: Timestamp

    package init(
        id: Identifier<PartialUpload>,
        userID: User.ID,
        channelID: Agent.ID,
        filename: String,
        declaredType: String?,
        length: Int,
        received: Int = 0,
        attachmentID: Attachment.ID? = nil,
        createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        (self.id, self.userID, self.channelID, self.filename) = (id, userID, channelID, filename)
        (self.declaredType, self.length, self.received) = (declaredType, length, received)
        (self.attachmentID, self.createdAt, self.expiresAt) = (attachmentID, createdAt, expiresAt)
    }
}

extension PartialUpload: StoredRecord {
    static let columns = Columns<PartialUpload>(
        of: "partial_uploads",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userID }),
            ("channel_id", { $0.channelID }),
            ("filename", { $0.filename }),
            ("declared_mime_type", { $0.declaredType }),
            ("length", { $0.length }),
            ("received", { $0.received }),
            ("attachment_id", { $0.attachmentID }),
            ("created_at", { $0.createdAt }),
            ("expires_at", { $0.expiresAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userID = row.next()
        channelID = row.next()
        filename = row.next()
        declaredType = row.next()
        length = row.next()
        received = row.next()
        attachmentID = row.next()
        createdAt = row.next()
        expiresAt = row.next()
    }
}
