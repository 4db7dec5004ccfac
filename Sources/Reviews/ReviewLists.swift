import API
import HTTP
import Hummingbird
import Index

extension ReviewsModule {
    /// The reviews of all the user's channels or of one, pending ones unless `status` says otherwise; only those of a
    /// `type`, or with `search` in their message's text, if asked.
    ///
    /// Agents list only what is pending; users also look back.
    ///
    /// - Throws: ``IndexError/notOwned`` for another user's channel; ``APIError`` 400 for an unknown `status`, and a
    ///   filter that is too long.
    func listForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let page = try PageRequest(request)
        let name = try request.query("status") ?? "pending"
        let status = Review.Status(rawValue: name)
        guard status != nil || name == "all" else {
            throw APIError.invalid("status", "must be one of pending, completed, expired, all")
        }
        let (channelID, type, search) = (
            try request.optionalChannel(), try request.searched("type"), try request.searched()
        )
        let found = try await index.read(by: context.principal) { reader, user in
            try reader.reviews(
                in: reader.channels(channelID, ownedBy: user),
                ReviewFilter(status: status, type: type, search: search, now: .now()),
                before: page.cursor(),
                limit: page.limit + 1
            )
        }
        return try .json(PageJSON(found, limit: page.limit))
    }

    /// How many reviews there are in all the user's channels or in one, and how many were answered from `since` on, or
    /// within a day. The figures end at ``Limits/counted``.
    ///
    /// - Throws: ``IndexError/notOwned`` for another user's channel; ``APIError`` 400 for a `since` that is no time.
    func countForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let channelID = try request.optionalChannel()
        let since = try request.time("since") ?? .now() + .seconds(-86_400)
        let counts = try await index.read(by: context.principal) { reader, user in
            try reader.reviewCounts(
                in: reader.channels(channelID, ownedBy: user),
                since: since,
                most: Limits.counted
            )
        }
        return try .json(ReviewCountsJSON(counts))
    }
}
