import API
import HTTP
import Hummingbird
import Index
import JSON

/// What people do with the files of all their channels at once: find them, and keep them in order.
extension FilesModule {
    /// The files of all the caller's channels, or of one `agent`, newest first.
    func listForPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: Limits.usualFilesPage)
        let (agent, userID) = (try request.query("agent"), context.userID)
        let (type, search) = (try request.query("type"), try request.query("search"))
        for (name, text) in [("type", type), ("search", search)]
        where (text ?? "").unicodeScalars.count > Limits.search {
            throw APIError.invalid(name, "must have at most \(Limits.search) characters", code: "too_big")
        }
        // A filter that fits few of many files takes its time: not on the event loop, which a detached task leaves.
        let files = try await Task.detached { [index] in
            try await index.read { reader in
                if let agent, try !reader.owns(agent, userID: userID) { throw APIError.notYourAgent }
                return try reader.files(
                    userID: userID,
                    channelID: agent,
                    typePrefix: type?.lowercased(),
                    search: search,
                    before: page.before,
                    limit: page.limit + 1
                )
            }
        }.value
        return try .json(PageJSON(files, limit: page.limit, id: \.attachment.id, show: AttachmentJSON.init(listed:)))
    }

    func deleteByPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        try await deleteFile(context)
        return try .json(["message": "Deleted"])
    }

    /// Deletes all files of those ids, or none when any of them is somebody else's. Those that do not exist are what they
    /// are to be.
    func bulkDelete(_ request: Request, _ context: HumanContext) async throws -> Response {
        let ids = try await request.read(context) { $0.strings("ids", count: Limits.deletedAtOnce) }
        let userID = context.userID
        let count = try await index.write { tx in
            for id in ids {
                if let file = try tx.storedFile(id: id), file.ownerID != userID { throw APIError.notYourAgent }
            }
            return try ids.count { try tx.deleteAttachment(id: $0, userID: userID) }
        }
        return try .json(["message": "Deleted \(count) file(s)"], status: .created)
    }
}
