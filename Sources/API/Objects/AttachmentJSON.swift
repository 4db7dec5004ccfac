import Index

/// A file (`Attachment` in docs/api.md). The charset, the detector and the blob's key stay inside.
package struct AttachmentJSON: Encodable, Sendable {
    /// The little that a list of files shows of a file's message.
    struct Place: Encodable, Sendable {
        let channelId: Agent.ID
        let createdAt: Timestamp
    }

    let id: Attachment.ID
    @OrNull var messageId: Message.ID?
    let channelId: Agent.ID
    let pluginType: String
    let filename: String
    let mimeType: String
    @OrNull var declaredMimeType: String?
    let size: Int
    let sha256: String
    let storageKey: String
    @OrNull var pluginData: String?
    let createdAt: Timestamp
    @OrNull var expiresAt: Timestamp?
    /// When its bytes were found damaged; only while they are.
    let damagedAt: Timestamp?
    /// The text of a small text file; only where a message or file is read alone.
    let textContent: String?
    /// What its bytes say; only where one asks for it.
    let facts: FactsJSON?
    /// Only in a user's list of files; null while the file is unattached.
    var message: OrNull<Place>?

    package init(_ attachment: Attachment, text: String? = nil, facts: FactsJSON? = nil) {
        id = attachment.id
        messageId = attachment.messageID
        channelId = attachment.channelID
        pluginType = Self.plugin(showing: attachment.mimeType)
        filename = attachment.filename
        mimeType = attachment.mimeType
        declaredMimeType = attachment.declaredMimeType
        size = attachment.size
        sha256 = attachment.sha256
        // A stable name for the bytes. It is neither a path nor the blob's key on disk.
        storageKey = "uploads/sha256/\(attachment.sha256)"
        pluginData = nil
        createdAt = attachment.createdAt
        expiresAt = attachment.expiresAt
        damagedAt = attachment.damagedAt
        textContent = text
        self.facts = facts
    }

    /// A file in a user's list, with the place of its message.
    package init(listed file: ListedFile) {
        self.init(file.attachment)
        message = OrNull(
            wrappedValue: file.message.map { Place(channelId: $0.channelID, createdAt: $0.createdAt) }
        )
    }

    /// The plugin that shows files of a type. Clients of Placet expect these two names.
    private static func plugin(showing type: String) -> String {
        type.hasPrefix("image/") ? "@uax/image" : "@uax/file"
    }
}
