/// A file as users and agents see it: a name and a type for the bytes of one blob.
///
/// It is in a message or has an expiry. The index accepts no row with both or neither (invariant 6).
package struct Attachment: Sendable, Equatable, Identifiable {
    package var id: Identifier<Attachment>
    package var channelID: Agent.ID
    /// Nil while the file is unattached.
    package var messageID: Message.ID?
    /// The SHA-256 of the bytes, in lower-case hex: their identity.
    package var sha256: String
    package var filename: String
    /// What the bytes are, as detected.
    package var mimeType: String
    /// The encoding of text; nil for other bytes.
    package var charset: String?
    /// Which detector decided on the type, such as `libmagic 5.44`, so that a later release knows what to check again.
    package var detector: String
    /// What the sender said the bytes are; nil when nothing usable was said.
    package var declaredMimeType: String?
    /// In bytes.
    package var size: Int
    package var createdAt: Timestamp
    /// When an unattached file may be collected; nil once it is attached.
    package var expiresAt: Timestamp?
    /// When its bytes were found damaged; nil while they are not, and once they are whole again.
    package var damagedAt: Timestamp?

    /// Nothing is checked before the insert.
    package init(
        id: Identifier<Attachment>,
        channelID: Agent.ID,
        messageID: Message.ID?,
        sha256: String,
        filename: String,
        mimeType: String,
        charset: String? = nil,
        detector: String,
        declaredMimeType: String? = nil,
        size: Int,
        createdAt: Timestamp,
        expiresAt: Timestamp?
    ) {
        self.id = id
        self.channelID = channelID
        self.messageID = messageID
        self.sha256 = sha256
        self.filename = filename
        self.mimeType = mimeType
        self.charset = charset
        self.detector = detector
        self.declaredMimeType = declaredMimeType
        self.size = size
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

extension Attachment: StoredRecord {
    static let columns = Columns<Attachment>(
        of: "attachments",
        [
            ("id", { $0.id }),
            ("channel_id", { $0.channelID }),
            ("message_id", { $0.messageID }),
            ("sha256", { $0.sha256 }),
            ("filename", { $0.filename }),
            ("mime_type", { $0.mimeType }),
            ("charset", { $0.charset }),
            ("detector", { $0.detector }),
            ("declared_mime_type", { $0.declaredMimeType }),
            ("size", { $0.size }),
            ("created_at", { $0.createdAt }),
            ("expires_at", { $0.expiresAt }),
            ("damaged_at", { $0.damagedAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        channelID = row.next()
        messageID = row.next()
        sha256 = row.next()
        filename = row.next()
        mimeType = row.next()
        charset = row.next()
        detector = row.next()
        declaredMimeType = row.next()
        size = row.next()
        createdAt = row.next()
        expiresAt = row.next()
        damagedAt = row.next()
    }
}
