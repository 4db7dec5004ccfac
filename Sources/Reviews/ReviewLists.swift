import API
import HTTP
import Hummingbird
import Index

extension ReviewsModule {
    /// The reviews of all the user's channels or of one, pending ones unless `status` says otherwise.
    ///
    /// Agents list only what is pending; users also look back.
    ///
    /// - Throws: ``IndexError/notOwned`` for another user's channel; ``APIError`` 400 for an unknown `status`.
    func listForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let page = try PageRequest(request)
        let name = try request.query("status") ?? "pending"
        let status = Review.Status(rawValue: name)
        guard status != nil || name == "all" else {
            throw APIError.invalid("status", "must be one of pending, completed, expired, all")
        }
        let channelID = try request.optionalChannel()
        let found = try await index.read(by: context.principal) { reader, user in
            try reader.reviews(
                in: reader.channels(channelID, ownedBy: user),
                status: status,
                now: .now(),
                before: page.cursor(),
                limit: page.limit + 1
            )
        }
        return try .json(PageJSON(found, limit: page.limit))
    }
}
