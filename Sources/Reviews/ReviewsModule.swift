import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Store

/// Reviews: what is pending, how one stands, waiting for an answer, and answering.
///
/// The hard part is the last instant. A response that came in time may be in the commit under way when the time is up,
/// so no review is told as expired before the writer has noted it. Waits park on the change feed: they poll nothing,
/// and cost no thread, no timer and no handler that waits; how many a caller may have is limited all the same.
package struct ReviewsModule: RouteModule {
    let index: StoreIndex
    private let store: FileStore
    private let places = CallerPlaces(perCaller: Limits.waitsPerCaller, perUser: Limits.waitsPerUser, of: "waits")

    package init(store: FileStore) {
        self.store = store
        index = store.index
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.read)
            .get("reviews/pending", use: inTurnIfLarge(pending))
            .get("reviews/:id", use: inTurnIfLarge(read))
            .get("reviews/:id/wait", use: wait)
            .get("answers", use: answers)
        mounts.user
            .get("messages/reviews", use: inTurnIfLarge(listForUser))
            .get("messages/reviews/counts", use: countForUser)
            .post("messages/:id/respond", use: respondForUser)
        mounts.local
            .get("reviews/:id", use: readLocally)
            .post("reviews/:id/respond", use: respondLocally)
    }

    package var backgroundWork: [BackgroundWork] { [BackgroundWork(expiry)] }

    /// Marks reviews as expired the moment their time has passed, which wakes whoever waits for them.
    private var expiry: Sweep {
        Sweep("expired reviews", in: index) {
            _ = try $0.expireDue(limit: $1)
        } next: {
            try $0.nextExpiry()
        }
    }

    /// The pending reviews of a channel, or of all channels of the key's user, newest first.
    ///
    /// - Throws: ``IndexError/notOwned``.
    func pending(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channelID = try request.optionalChannel()
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let found = try await index.read(by: context.principal) { reader, user in
            try reader.reviews(
                in: reader.channels(channelID, ownedBy: user),
                ReviewFilter(status: .pending, now: .now()),
                before: page.cursor(),
                limit: page.limit + 1
            )
        }
        return try .array(PageJSON(found, limit: page.limit), of: request)
    }

    /// One review. Values of password fields are shown, because the agent that asked reads it.
    func read(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.optionalChannel(), try context.id(of: Message.self))
        return try .json(MessageJSON(try await message(id, in: channelID, by: context.principal)))
    }

    /// Answers when the review is finished, or with `timeout` when the time is up.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404, also when the message is retracted meanwhile.
    func wait(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.optionalChannel(), try context.id(of: Message.self))
        let principal = context.principal
        let isOver = try await park(request, context, for: .message(id)) { () async throws -> Bool? in
            try await isFinished(id, in: channelID, by: principal) ? true : nil
        }
        guard isOver != nil else { return try .json(OutcomeJSON.timeout) }
        return try await context.inTurnIfLarge { try await outcome(id, in: channelID, by: principal) }
    }

    /// One look of a wait.
    private func isFinished(_ id: Message.ID, in channelID: Agent.ID?, by principal: Principal) async throws -> Bool {
        let (isPending, isOverdue) = try await index.read(by: principal) { reader, user in
            guard let channel = try reader.channel(channelID, ofMessage: id, ownedBy: user),
                let review = try reader.review(ofMessage: id, in: channel)
            else { throw APIError.reviewNotFound }
            return (review.status == .pending, review.isOverdue(at: .now()))
        }
        guard isOverdue else { return !isPending }
        return try await message(id, in: channelID, by: principal).review?.status != .pending
    }

    /// The answer of a wait that is over, with the text of the message's small files.
    private func outcome(_ id: Message.ID, in channelID: Agent.ID?, by principal: Principal) async throws -> Response {
        let message = try await message(id, in: channelID, by: principal)
        return try .json(OutcomeJSON(message, texts: try await store.texts(of: message.attachments)))
    }

    /// The finished reviews of a channel, or of all channels of the key's user, that are not acknowledged, the first to
    /// finish first. Waits while there are none.
    ///
    /// The feed is durable: what is not acknowledged is there again the next time, also after a restart. `after` only
    /// leaves out what the client has already read.
    func answers(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channelID = try request.optionalChannel()
        let after = try request.query("after") ?? "0"
        guard let after = Int64(after), after >= 0 else {
            throw APIError.invalid("after", "must be the next of an earlier answer, or 0")
        }
        let limit = try PageRequest(request).limit
        let principal = context.principal
        let topic = channelID.map { Topic.answers(channelID: $0) } ?? .user(context.userID)
        let found = try await park(request, context, for: topic) {
            try await context.inTurnIfLarge { () async throws -> Response? in
                let answers = try await index.read(by: principal) { reader, user in
                    try reader.answers(in: reader.channels(channelID, ownedBy: user), after: after, limit: limit)
                }
                return answers.isEmpty ? nil : try .json(AnswersJSON(answers, after: after))
            }
        }
        return try found ?? .json(AnswersJSON([], after: after))
    }

    /// Looks, and lets the request wait while there is nothing: until something happens to `topic`, which brings it
    /// back here. A client that hangs up ends it. `look` reads by the caller's principal: so a key that is revoked or
    /// rotated ends it at once, with 401.
    ///
    /// - Returns: nil when the client's `timeout` is over, or the server is about to stop.
    /// - Throws: ``APIError`` 429 when key or user have too many waits; what `look` throws; the pause.
    private func park<Found: Sendable>(
        _ request: Request,
        _ context: AgentContext,
        for topic: Topic,
        _ look: @Sendable () async throws -> Found?
    ) async throws -> Found? {
        let parked = try context.takeHeld(Parked.self) ?? park(request, context, for: topic)
        do {
            guard try !parked.wait.isOver() else { return nil }
        } catch IndexError.closed {
            return nil
        }
        if let found = try await look() { return found }
        throw context.pause(holding: parked) { await parked.wait.park() }
    }

    /// - Throws: ``APIError`` 429.
    private func park(_ request: Request, _ context: AgentContext, for topic: Topic) throws -> Parked {
        // In milliseconds. What is no positive number means the longest wait, and is not refused.
        let asked = try request.query("timeout").flatMap(Int.init) ?? 0
        let timeout = asked > 0 ? min(.milliseconds(asked), Limits.wait) : Limits.wait
        let places = try places.place(context.credential, of: context.payer)
        let wait = index.startWait(for: [topic, .access(context.userID)], until: .now + timeout)
        context.connection.onHangUp(wait.cancellation)
        return Parked(places: places, wait: wait)
    }

    /// The message of a review, which is told as expired only if that is final.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404 when there is no such message, or no review in it.
    private func message(
        _ id: Message.ID,
        in channelID: Agent.ID?,
        by principal: Principal
    ) async throws -> MessageWithParts {
        var message = try await storedMessage(id, in: channelID, by: principal)
        guard message.review?.isOverdue(at: .now()) == true else { return message }
        do {
            // A response that came in time may be in the commit under way. Only the writer, whose turn comes after it,
            // can tell that there is none. From then on that is final.
            try await index.write(for: .upkeep) { tx in _ = try tx.expireDue(limit: Sweep.batch) }
            return try await storedMessage(id, in: channelID, by: principal)
        } catch IndexError.full, IndexError.readOnly, IndexError.busy, IndexError.moved {
            // Nothing can be committed now, so no response can be either.
            message.review?.status = .expired
            return message
        }
    }

    /// The message as the index has it, whose expiry may not be noted yet.
    private func storedMessage(
        _ id: Message.ID,
        in channelID: Agent.ID?,
        by principal: Principal
    ) async throws -> MessageWithParts {
        let message = try await index.read(by: principal) { reader, user in
            try reader.channel(channelID, ofMessage: id, ownedBy: user).flatMap { try reader.message(id, in: $0) }
        }
        guard let message, message.review != nil else { throw APIError.reviewNotFound }
        return message
    }
}

/// A request that waits, from its first look to its answer.
private struct Parked: Sendable {
    let places: [Place]
    let wait: Wait
}

extension Review {
    /// Whether its time has passed, but how it ended is not noted yet.
    fileprivate func isOverdue(at now: Timestamp) -> Bool {
        status == .pending && expiresAt <= now
    }
}
