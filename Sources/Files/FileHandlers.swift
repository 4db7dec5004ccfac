import API
import HTTP
import Hummingbird
import Index

/// Reading and deleting the records of files.
extension FilesModule {
    /// The files of a channel, newest first: a page when `limit` or `cursor` is given, else an array of the newest
    /// 1000.
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channelID = try request.channel()
        let page = try PageRequest(request)
        let count = request.asksForPage ? page.limit + 1 : PageRequest.maxUnpaged
        let files = try await index.read(by: context.principal) { reader, user in
            let channel = try reader.channel(channelID, ownedBy: user)
            return try reader.attachments(in: channel, before: page.cursor(), limit: count)
        }
        guard request.asksForPage else { return try .json(files.map { AttachmentJSON($0) }) }
        return try .json(PageJSON(files, limit: page.limit, id: \.id) { AttachmentJSON($0) })
    }

    func read(_ request: Request, _ context: some CallerContext) async throws -> Response {
        try .json(AttachmentJSON(try await storedFile(context).attachment))
    }

    /// Differs from ``deleteForUser(_:_:)`` in the words of its answer, which the published API fixes for each.
    func delete(_ request: Request, _ context: AgentContext) async throws -> Response {
        try await deleteFile(context)
        return try .json(["deleted": true])
    }

    /// Deletes a record, which frees its name at once. The bytes stay while another file has them, and are collected
    /// later (docs/api.md, "Downloads", Deleting).
    ///
    /// - Throws: as ``storedFile(_:)``; 404 too when another request was first.
    func deleteFile(_ context: some CallerContext) async throws {
        let id = try await storedFile(context).attachment.id
        let isDeleted = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            try tx.deleteAttachment(id, ownedBy: user)
        }
        guard isDeleted else { throw APIError.fileNotFound }
    }

    /// The file that the path names, provided that it is in a channel of the caller's.
    ///
    /// - Throws: ``IndexError/notOwned`` when the channel is another user's; ``APIError`` 404 when there is no such
    ///   file.
    func storedFile(_ context: some CallerContext) async throws -> StoredFile {
        let id = try context.id(of: Attachment.self)
        let file = try await index.read(by: context.principal) { try $0.file(id, ownedBy: $1) }
        guard let file else { throw APIError.fileNotFound }
        return file
    }
}
