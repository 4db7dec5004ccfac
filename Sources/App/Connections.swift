import Events
import Files
import Index
import Messages
import Reviews

// What one resource needs of another's behaviour, said by the one that needs it and filled in here.

/// The file service as messages know it.
struct FilesOfMessages: MessageFiles {
    let files: FilesModule

    func store(
        _ texts: [TextAttachment],
        in channelID: String,
        of userID: String,
        _ body:
            @escaping @Sendable (Transaction, _ attach: (_ messageID: String) throws -> Void) throws
            -> MessageWithParts
    ) async throws -> MessageWithParts {
        let texts = texts.map { NewText(content: $0.content, filename: $0.filename, declaredType: $0.mimeType) }
        return try await files.texts.store(texts, in: channelID, of: userID, body)
    }

    func texts(of attachments: [Attachment]) async throws -> [String: String] {
        try await files.inlineTexts.texts(of: attachments)
    }
}

extension MessageViews: ReviewViews, EventViews {}
