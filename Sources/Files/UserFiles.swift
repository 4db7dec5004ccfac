import API
import HTTP
import Hummingbird
import Index
import JSON

/// What users do with the files of all their channels at once: find them and keep them in order.
extension FilesModule {
    /// The files of all the user's channels, or of one `agent`, newest first. Agents list one channel, without filters.
    ///
    /// - Throws: ``IndexError/notOwned`` for another user's agent; ``APIError`` 400 for a filter that is too long or
    ///   no time.
    func listForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: Limits.usualFilesPage)
        let channelID = try request.optionalChannel("agent")
        let (type, search) = (try request.searched("type"), try request.searched())
        let (since, until) = (try request.time("since"), try request.time("until"))
        let files = try await index.read(by: context.principal) { reader, user in
            try reader.files(
                in: reader.channels(channelID, ownedBy: user),
                typePrefix: type?.lowercased(),
                search: search,
                since: since,
                until: until,
                before: page.cursor(),
                limit: page.limit + 1
            )
        }
        return try .json(PageJSON(files, limit: page.limit, id: \.attachment.id, show: AttachmentJSON.init(listed:)))
    }

    /// Differs from the agents' twin in the words of its answer, which the published API fixes for each.
    func deleteForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        try await deleteFile(context)
        return try .json(["message": "Deleted"])
    }

    /// Deletes the files of `ids` in one transaction, at most 1000. An id without a file is no error and counts
    /// nothing, because what was wanted is so already.
    ///
    /// - Throws: ``IndexError/notOwned`` when any file is another user's; then none is deleted.
    func bulkDelete(_ request: Request, _ context: UserContext) async throws -> Response {
        let ids = try await request.read(context) { $0.ids("ids", of: Attachment.self, count: Limits.deletedAtOnce) }
        let questions = try await questions(of: ids, context)
        let count = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            // Every file is looked at before any is deleted: one of another user throws here.
            for id in ids { _ = try tx.file(id, ownedBy: user) }
            return try tx.deleteAttachments(ids, ownedBy: user, knowing: questions)
        }
        return try .json(["message": "Deleted \(count) file(s)"], status: .created)
    }
}
