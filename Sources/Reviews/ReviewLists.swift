import API
import HTTP
import Hummingbird
import Index

extension ReviewsModule {
    /// The reviews of all the caller's channels, or of one, by how they stand.
    @Sendable
    func listForPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        let page = try PageRequest(request)
        let name = try request.query("status") ?? "pending"
        let status = Review.Status(rawValue: name)
        guard status != nil || name == "all" else {
            throw APIError.invalid("status", "must be one of pending, completed, expired, all")
        }
        let (channel, userID) = (try request.query("channel"), context.userID)
        let found = try await index.read { reader in
            if let channel, try !reader.owns(channel, userID: userID) { throw APIError.notYourAgent }
            return try reader.reviews(
                userID: userID,
                channelID: channel,
                status: status,
                now: .now(),
                before: page.before,
                limit: page.limit + 1
            )
        }
        return try .json(
            PageJSON(
                found.messages,
                limit: page.limit,
                isCut: found.isCut,
                id: \.id,
                show: MessageJSON.init(listed:)
            )
        )
    }
}
