import API
import HTTP
import Hummingbird
import Index
import JSON

/// What people do with the files of all their channels at once: find them, and keep them in order.
extension FilesModule {
    /// The files of all the caller's channels, or of one `agent`, newest first.
    func listForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: Limits.usualFilesPage)
        let (channelID, userID) = (try request.optionalChannel("agent"), context.userID)
        let (type, search) = (try request.query("type"), try request.query("search"))
        for (name, text) in [("type", type), ("search", search)]
        where (text ?? "").unicodeScalars.count > Limits.search {
            throw APIError.invalid(name, "must have at most \(Limits.search) characters", code: "too_big")
        }
        // A filter that fits few of many files takes its time: not on the event loop, which a detached task leaves.
        let files = try await Task.detached { [index] in
            try await index.read { reader in
                try reader.files(
                    ofUser: userID,
                    in: channelID.map { try reader.channel($0, ownedBy: userID) },
                    typePrefix: type?.lowercased(),
                    search: search,
                    before: page.cursor(),
                    limit: page.limit + 1
                )
            }
        }.value
        return try .json(PageJSON(files, limit: page.limit, id: \.attachment.id, show: AttachmentJSON.init(listed:)))
    }

    /// The published API answers users with other words than agents.
    func deleteForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        try await deleteFile(context)
        return try .json(["message": "Deleted"])
    }

    /// Deletes all files of those ids, or none when any of them is somebody else's. Those that do not exist are what they
    /// are to be.
    func bulkDelete(_ request: Request, _ context: UserContext) async throws -> Response {
        let ids = try await request.read(context) { $0.ids("ids", of: Attachment.self, count: Limits.deletedAtOnce) }
        let userID = context.userID
        let count = try await index.write { tx in
            for id in ids { _ = try tx.file(id, ownedBy: userID) }
            return try ids.count { try tx.deleteAttachment($0, ownedBy: userID) }
        }
        return try .json(["message": "Deleted \(count) file(s)"], status: .created)
    }
}
