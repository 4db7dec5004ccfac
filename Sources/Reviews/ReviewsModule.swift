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
            .get("reviews/pending", use: reading(index, pending))
            .get("reviews/:id", use: inTurnIfLarge(read))
            .get("reviews/:id/wait", use: wait)
            .get("answers", use: answers)
        mounts.ready.add("reviews/pending", scope: .read, reading: index, pending)
        mounts.ready.add("reviews/:id", scope: .read, reading: index, review, if: \.isNoted)
        mounts.ready.add("reviews/:id/wait", scope: .read, isLong: true, answer: readyWait)
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
    func pending(_ asked: ReadParameters) throws -> Read<MessagePage> {
        let channelID = try asked.optionalChannel()
        let page = try PageRequest(asked, defaultLimit: PageRequest.usualArray)
        return Read { reader, user in
            try reader.reviews(
                in: reader.channels(channelID, ownedBy: user),
                ReviewFilter(status: .pending, now: .now()),
                before: page.cursor(),
                limit: page.limit + 1
            )
        } show: {
            try JSONAnswer(array: PageJSON($0, limit: page.limit), of: asked)
        }
    }

    /// One review, as the index has it: how it ended may not be noted yet. Values of password fields are shown, because
    /// the agent that asked reads it.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404 when there is no such message, or no review in it.
    private func review(_ asked: ReadParameters) throws -> Read<MessageWithParts> {
        let (channelID, id) = (try asked.optionalChannel(), asked.id(of: Message.self))
        return Read { reader, user in
            guard let channel = try reader.channel(channelID, ofMessage: id, ownedBy: user),
                let message = try reader.message(id, in: channel), message.review != nil
            else { throw APIError.reviewNotFound }
            return message
        } show: {
            try JSONAnswer(MessageJSON($0))
        }
    }

    /// The same, told as expired only if that is final.
    func read(_ request: Request, _ context: AgentContext) async throws -> Response {
        let review = try review(ReadParameters(request, context))
        return try review.show(await message(of: review, by: context.principal)).response
    }

    /// Answers when the review is finished, or with `timeout` when the time is up.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404, also when the message is retracted meanwhile.
    func wait(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (asked, principal) = (ReadParameters(request, context), context.principal)
        let topic = Topic.message(asked.id(of: Message.self))
        let isOver = try await park(request, context, for: topic) { () async throws -> Bool? in
            try await isFinished(asked, by: principal) ? true : nil
        }
        guard isOver != nil else { return try .json(OutcomeJSON.timeout) }
        return try await context.inTurnIfLarge { try await outcome(asked, by: principal) }
    }

    /// The same, of a review that has ended, and without files whose text comes along.
    private func readyWait(_ request: ReadyRequest) -> ReadyAnswer? {
        guard let place = try? places.place(request.agent.key, of: request.agent.user) else { return nil }
        defer { withExtendedLifetime(place) {} }
        return request.answer(reading: index, ended) { message in
            message.review?.status != .pending && !message.attachments.contains(where: FileStore.hasText)
        }
    }

    private func ended(_ asked: ReadParameters) throws -> Read<MessageWithParts> {
        _ = try timeout(asked)
        return Read(try review(asked).find) { try JSONAnswer(OutcomeJSON($0, texts: [:])) }
    }

    /// One look of a wait.
    private func isFinished(_ asked: ReadParameters, by principal: Principal) async throws -> Bool {
        let (channelID, id) = (try asked.optionalChannel(), asked.id(of: Message.self))
        let (isPending, isOverdue) = try await index.read(by: principal) { reader, user in
            guard let channel = try reader.channel(channelID, ofMessage: id, ownedBy: user),
                let review = try reader.review(ofMessage: id, in: channel)
            else { throw APIError.reviewNotFound }
            return (review.status == .pending, review.isOverdue(at: .now()))
        }
        guard isOverdue else { return !isPending }
        return try await message(of: review(asked), by: principal).review?.status != .pending
    }

    /// The answer of a wait that is over, with the text of the message's small files.
    private func outcome(_ asked: ReadParameters, by principal: Principal) async throws -> Response {
        let message = try await message(of: review(asked), by: principal)
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
        let timeout = try timeout(request)
        let places = try places.place(context.credential, of: context.payer)
        let wait = index.startWait(for: [topic, .access(context.userID)], until: .now + timeout)
        context.connection.onHangUp(wait.cancellation)
        return Parked(places: places, wait: wait)
    }

    /// How long a client wants to wait. What is no positive number means the longest wait, and is not refused.
    private func timeout(_ asked: some Queried) throws -> Duration {
        let milliseconds = try asked.query("timeout").flatMap(Int.init) ?? 0
        return milliseconds > 0 ? min(.milliseconds(milliseconds), Limits.wait) : Limits.wait
    }

    /// The message of a review, which is told as expired only if that is final.
    private func message(
        of review: Read<MessageWithParts>,
        by principal: Principal
    ) async throws -> MessageWithParts {
        var message = try await index.read(by: principal, review.find)
        if message.isNoted { return message }
        do {
            // A response that came in time may be in the commit under way. Only the writer, whose turn comes after it,
            // can tell that there is none. From then on that is final.
            try await index.write(for: .upkeep) { tx in _ = try tx.expireDue(limit: Sweep.batch) }
            return try await index.read(by: principal, review.find)
        } catch IndexError.full, IndexError.readOnly, IndexError.busy, IndexError.moved {
            // Nothing can be committed now, so no response can be either.
            message.review?.status = .expired
            return message
        }
    }
}

extension MessageWithParts {
    /// Whether the index has noted how its review ended, if it has.
    fileprivate var isNoted: Bool { review?.isOverdue(at: .now()) != true }
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
