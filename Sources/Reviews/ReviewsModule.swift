import HTTPTypes
import Hummingbird
import Index
import Routing

/// Reviews of the agent's channels: what is pending, how one stands, and the long-poll for its answer.
package struct ReviewsModule<View: Encodable & Sendable>: RouteModule {
    /// The longest wait, in milliseconds, and what anything unusable means (contract section 4).
    private static var maxWait: Int { 30_000 }

    private let index: Index
    private let view: @Sendable (MessageWithParts, _ isListed: Bool) -> View

    /// - Parameter view: how a message is shown; filled in with what `Messages` has.
    package init(index: Index, view: @escaping @Sendable (MessageWithParts, _ isListed: Bool) -> View) {
        self.index = index
        self.view = view
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent
            .get("reviews/pending", use: pending)
            .get("reviews/:id", use: read)
            .get("reviews/:id/wait", use: wait)
    }

    @Sendable
    func pending(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channel = try request.requiredQuery("channel")
        let isPaged = try request.query("limit") != nil || request.query("cursor") != nil
        let page = try PageRequest(request)
        let count = isPaged ? page.limit + 1 : PageRequest.maxUnpaged
        let userID = context.principal.userID
        let messages = try await index.read { reader in
            guard try reader.owns(channel, userID: userID) else { throw APIError.notYourAgent }
            return try reader.pendingReviews(channelID: channel, now: .now(), before: page.before, limit: count)
        }
        guard isPaged else { return try .json(messages.map { view($0, true) }) }
        return try .json(Page(rows: messages, limit: page.limit, id: \.id).map { view($0, true) })
    }

    @Sendable
    func read(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, id) = (try request.requiredQuery("channel"), try context.parameters.require("id"))
        return try .json(view(try await message(id, in: channel, of: context.principal.userID), false))
    }

    /// Answers when the review is finished, or when the time is up; costs no thread and no timer in between.
    @Sendable
    func wait(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, id) = (try request.requiredQuery("channel"), try context.parameters.require("id"))
        let asked = try request.query("timeout").flatMap(Int.init) ?? Self.maxWait
        let timeout = Duration.milliseconds(asked > 0 ? min(asked, Self.maxWait) : Self.maxWait)
        let userID = context.principal.userID
        let finished = try await request.body.consumeWithCancellationOnInboundClose { _ in
            try await index.wait(for: .message(id), until: .now + timeout) { () async throws -> MessageWithParts? in
                let message = try await message(id, in: channel, of: userID)
                return message.review?.status == .pending ? nil : message
            }
        }
        guard let finished, let review = finished.review else { return try .json(Outcome<View>(status: "timeout")) }
        return try .json(Outcome(status: review.status.rawValue, message: view(finished, false)))
    }

    /// The message of a review.
    ///
    /// - Throws: ``APIError`` 403 for a foreign channel, 404 when there is no such message, or no review in it.
    private func message(_ id: String, in channel: String, of userID: String) async throws -> MessageWithParts {
        let message = try await storedMessage(id, in: channel, of: userID)
        guard message.review?.isOverdue(at: .now()) == true else { return message }
        // A response that came in time may be in the commit that is under way. Only the writer, whose turn comes after
        // it, can tell that there is none; from then on that is final.
        try await index.write { tx in _ = try tx.expireDue(limit: ExpirySweep.batch) }
        return try await storedMessage(id, in: channel, of: userID)
    }

    private func storedMessage(_ id: String, in channel: String, of userID: String) async throws -> MessageWithParts {
        let message = try await index.read { reader in
            guard try reader.owns(channel, userID: userID) else { throw APIError.notYourAgent }
            return try reader.message(id: id, channelID: channel)
        }
        guard let message, message.review != nil else { throw APIError(.notFound, "Review not found") }
        return message
    }
}

extension Review {
    /// Whether its time has passed and nobody has noted how it ended.
    fileprivate func isOverdue(at now: Timestamp) -> Bool {
        status == .pending && expiresAt <= now
    }
}

private struct Outcome<View: Encodable & Sendable>: Encodable {
    let status: String
    var message: View?
}
