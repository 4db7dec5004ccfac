import GRDB

/// A link that lets whoever has it download one file for a while. The token in it is known to its holders alone; the table
/// has its SHA-256.
package struct Share: Sendable, Equatable, Identifiable {
    package var id: String
    package var attachmentId: String
    package var createdAt: Timestamp
    package var expiresAt: Timestamp

    /// A link as given; nothing is checked before the insert.
    package init(id: String, attachmentId: String, createdAt: Timestamp, expiresAt: Timestamp) {
        self.id = id
        self.attachmentId = attachmentId
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

extension Share: Encodable {
    private enum CodingKeys: CodingKey { case id, createdAt, expiresAt }
}

extension Share: FetchableRecord {
    static let columns = "id, attachment_id, created_at, expires_at"

    package init(row: Row) {
        id = row[0]
        attachmentId = row[1]
        createdAt = row[2]
        expiresAt = row[3]
    }
}
