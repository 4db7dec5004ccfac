import API
import HTTP
import Hummingbird
import Index

/// Reading and deleting the records of files.
extension FilesModule {
    /// The files of a channel, newest first: an array, or a page when `limit` or `cursor` is given.
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channel = try request.requiredQuery("channel")
        let isPaged = try request.query("limit") != nil || request.query("cursor") != nil
        let page = try PageRequest(request)
        let count = isPaged ? page.limit + 1 : PageRequest.maxUnpaged
        let userID = context.principal.userID
        let files = try await index.read { reader in
            guard try reader.owns(channel, userID: userID) else { throw APIError.notYourAgent }
            return try reader.attachments(channelID: channel, before: page.before, limit: count)
        }
        guard isPaged else { return try .json(files.map { AttachmentJSON($0) }) }
        return try .json(PageJSON(files, limit: page.limit, id: \.id) { AttachmentJSON($0) })
    }

    func read(_ request: Request, _ context: some UserContext) async throws -> Response {
        try .json(AttachmentJSON(try await storedFile(context).attachment))
    }

    func delete(_ request: Request, _ context: AgentContext) async throws -> Response {
        try await deleteFile(context)
        return try .json(["deleted": true])
    }

    /// Frees the name at once; the bytes live while any other file has them and are collected later.
    func deleteFile(_ context: some UserContext) async throws {
        let file = try await storedFile(context)
        let userID = context.userID
        guard try await index.write({ try $0.deleteAttachment(id: file.attachment.id, userID: userID) }) else {
            throw APIError.fileNotFound
        }
    }

    /// The file named in the path, when it is in a channel of the caller's.
    func storedFile(_ context: some UserContext) async throws -> StoredFile {
        let id = try context.parameters.require("id")
        guard let file = try await index.read({ try $0.storedFile(id: id) }) else { throw APIError.fileNotFound }
        guard file.ownerID == context.userID else { throw APIError.notYourAgent }
        return file
    }
}
