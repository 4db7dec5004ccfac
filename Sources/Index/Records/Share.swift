/// A link through which any caller who has it can download one file for a while. The table has only the SHA-256 of its
/// token.
package struct Share: Sendable, Equatable, Identifiable {
    package var id: Identifier<Share>
    package var attachmentID: Attachment.ID
    package var createdAt: Timestamp
    package var expiresAt: Timestamp

    /// Nothing is checked before the insert.
    package init(id: Identifier<Share>, attachmentID: Attachment.ID, createdAt: Timestamp, expiresAt: Timestamp) {
        self.id = id
        self.attachmentID = attachmentID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

extension Share: StoredRecord {
    static let columns = Columns<Share>(
        of: "shares",
        [
            ("id", { $0.id }),
            ("attachment_id", { $0.attachmentID }),
            ("created_at", { $0.createdAt }),
            ("expires_at", { $0.expiresAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        attachmentID = row.next()
        createdAt = row.next()
        expiresAt = row.next()
    }
}
