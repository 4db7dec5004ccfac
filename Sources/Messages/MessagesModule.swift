import HTTP
import Hummingbird
import Index

/// Messages in a channel: sent, streamed, listed, read, retracted, acknowledged.
package struct MessagesModule<Files: MessageFiles>: RouteModule {
    let index: Index
    let files: Files
    package let views: MessageViews<Files>

    package init(index: Index, files: Files) {
        self.index = index
        self.files = files
        views = MessageViews(files: files)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent
            .post("messages", use: create)
            .get("messages", use: list)
            .get("messages/iterations/:id", use: iterations)
            .patch("messages/streams/:streamId", use: updateStream)
            .post("messages/streams/:streamId/status", use: addStreamEvent)
            .get("messages/:id", use: read)
            .delete("messages/:id", use: delete)
            .post("messages/:id/ack", use: acknowledge)
        mounts.human
            .get("messages", use: list)
            .post("messages", use: say)
            .get("messages/:id", use: readForPerson)
            .get("messages/:id/iterations", use: iterationsForPerson)
            .post("messages/:id/retry", use: retry)
    }
}

/// What messages need of the file service; filled in by `App`.
package protocol MessageFiles: Sendable {
    /// Stores texts as files of a channel together with whatever `body` stores, or nothing of both; `body` attaches all of
    /// them by calling `attach` with the id of a message it has stored.
    ///
    /// - Throws: ``APIError`` 403 when the channel is not the user's, 413 and 507; what `body` throws.
    func store(
        _ texts: [TextAttachment],
        in channelID: String,
        of userID: String,
        _ body:
            @escaping @Sendable (Transaction, _ attach: (_ messageID: String) throws -> Void) throws
            -> MessageWithParts
    ) async throws -> MessageWithParts

    /// The texts of those that are small text files, by id (contract 6.6).
    func texts(of attachments: [Attachment]) async throws -> [String: String]
}
