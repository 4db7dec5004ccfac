import Index
import JSON

/// A file (`Attachment` in docs/api.md). The charset, the detector and the blob's key stay inside.
package struct AttachmentJSON: JSONWritable {
    /// The little that a list of files shows of a file's message.
    struct Place: JSONWritable {
        let channelId: Agent.ID
        let createdAt: Timestamp

        func write(to writer: inout JSONWriter) {
            writer.object {
                $0.member("channelId", channelId)
                $0.member("createdAt", createdAt)
            }
        }
    }

    let id: Attachment.ID
    let messageId: Message.ID?
    let channelId: Agent.ID
    let pluginType: String
    let filename: String
    let mimeType: String
    let declaredMimeType: String?
    let size: Int
    let sha256: String
    let storageKey: String
    let pluginData: String?
    let createdAt: Timestamp
    let expiresAt: Timestamp?
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

extension AttachmentJSON {
    package func write(to writer: inout JSONWriter) throws {
        try writer.object {
            $0.member("channelId", channelId)
            $0.member("createdAt", createdAt)
            if let damagedAt { $0.member("damagedAt", damagedAt) }
            $0.member("declaredMimeType", declaredMimeType)
            $0.member("expiresAt", expiresAt)
            if let facts { try $0.member("facts", encoding: facts) }
            $0.member("filename", filename)
            $0.member("id", id)
            if let message { try $0.member("message", message.wrappedValue) }
            $0.member("messageId", messageId)
            $0.member("mimeType", mimeType)
            $0.member("pluginData", pluginData)
            $0.member("pluginType", pluginType)
            $0.member("sha256", sha256)
            $0.member("size", size)
            $0.member("storageKey", storageKey)
            if let textContent { $0.member("textContent", textContent) }
        }
    }
}
