import Index

/// A file (`Attachment` in docs/api.md). Its charset, the detector and the key on disk stay inside.
package struct AttachmentJSON: Encodable, Sendable {
    /// As much of a file's message as a list of files shows.
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
    /// Of small text files, where they are read one by one.
    let textContent: String?
    /// In a user's list of files: null while the file is not attached.
    var message: OrNull<Place>?

    package init(_ attachment: Attachment, text: String? = nil) {
        id = attachment.id
        messageId = attachment.messageID
        channelId = attachment.channelID
        pluginType = Self.plugin(showing: attachment.mimeType)
        filename = attachment.filename
        mimeType = attachment.mimeType
        declaredMimeType = attachment.declaredMimeType
        size = attachment.size
        sha256 = attachment.sha256
        // A name for the bytes: not a path, and not the blob's key on disk.
        storageKey = "uploads/sha256/\(attachment.sha256)"
        pluginData = nil
        createdAt = attachment.createdAt
        expiresAt = attachment.expiresAt
        textContent = text
    }

    /// A file in a user's list of files.
    package init(listed file: ListedFile) {
        self.init(file.attachment)
        message = OrNull(
            wrappedValue: file.message.map { Place(channelId: $0.channelID, createdAt: $0.createdAt) }
        )
    }

    private static func plugin(showing type: String) -> String {
        type.hasPrefix("image/") ? "@uax/image" : "@uax/file"
    }
}
