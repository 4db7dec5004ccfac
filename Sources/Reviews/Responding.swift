import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

extension ReviewResponse {
    /// Completes the review of a message. That happens once: of many responses at the same moment one is accepted.
    ///
    /// - Throws: ``APIError`` 400 when the response does not answer the question, 403 when another one was first, 404
    ///   when there is no review, 409 when it has expired or asks something else than its `digest` says.
    func complete(_ id: Message.ID, in channel: OwnedChannel, by responder: Responder, _ tx: Transaction) throws {
        guard let review = try tx.review(ofMessage: id, in: channel) else { throw APIError.reviewNotFound }
        if review.status(at: tx.now) == .pending {
            // Only while it is pending: whoever comes too late should hear that, and not what else is wrong.
            if let digest, digest != review.digest { throw APIError.questionChanged }
            let payload = try review.payloadJSON.map(JSONValue.init(text:))
            try ResponseRules.check(type: review.type, payload: payload, response: response)
            try checkFiles(of: id, in: channel, tx)
        }
        let outcome = try tx.complete(
            reviewOf: id,
            in: channel,
            responseJSON: response.encoded(),
            feedback: feedback,
            modifiedFileIDsJSON: modifiedFileIDs.map {
                JSONValue.object(JSONObject($0.mapValues { .string($0) })).encoded()
            },
            by: responder
        )
        switch outcome {
        case .accepted: return
        case .alreadyResponded: throw APIError(.forbidden, "Review already responded")
        case .expired: throw APIError(.conflict, "Review has expired; no response is taken any more")
        case .absent: throw APIError.reviewNotFound
        }
    }

    /// Originals must be files of the message, replacements files of its channel.
    ///
    /// - Throws: ``APIError`` 400 naming the first file that is neither.
    private func checkFiles(of messageID: Message.ID, in channel: OwnedChannel, _ tx: Transaction) throws {
        for (original, replacement) in modifiedFileIDs ?? [:] {
            guard try tx.attachment(Attachment.ID(rawValue: original), in: channel)?.messageID == messageID else {
                throw APIError.invalid("modifiedFileIds", "has a file that is not one of the message: \(original)")
            }
            guard try tx.attachment(Attachment.ID(rawValue: replacement), in: channel) != nil else {
                throw APIError.invalid("modifiedFileIds", "has a file that is not one of the channel: \(replacement)")
            }
        }
    }
}

extension ReviewsModule {
    /// The question for `placet respond`, which shows it before it asks for the response.
    func readLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let id = try context.id(of: Message.self)
        let message = try await index.read { reader in
            try reader.anyChannel(ofMessage: id).flatMap { try reader.message(id, in: $0) }
        }
        guard let message, message.review != nil else { throw APIError.reviewNotFound }
        return try .json(MessageJSON(listed: message))
    }

    /// Answers a review for `placet respond`. The operator of this machine may act for every user.
    ///
    /// - Throws: as `ReviewResponse.complete`.
    func respondLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let response = try await request.read(context) { ReviewResponse(&$0) }
        let id = try context.id(of: Message.self)
        return try await respond(id, response) { tx in
            try tx.anyChannel(ofMessage: id).map { ($0, .commandLine) }
        }
    }

    /// Answers a review of one of the user's channels. Agents have no such route: they ask.
    ///
    /// - Throws: ``IndexError/notOwned``; as `ReviewResponse.complete`.
    func respondForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let response = try await request.read(context) { ReviewResponse(&$0) }
        let (id, userID) = (try context.id(of: Message.self), context.userID)
        return try await respond(id, response) { tx in
            guard let channel = try tx.channel(ofMessage: id, ownedBy: userID) else { return nil }
            return try tx.user(id: userID).map { (channel, Responder($0)) }
        }
    }

    /// - Parameter authority: finds the channel of the message and who answers, and so decides who may; nil when there
    ///   is no such message.
    private func respond(
        _ id: Message.ID,
        _ response: ReviewResponse,
        _ authority: @escaping @Sendable (Transaction) throws -> (OwnedChannel, Responder)?
    ) async throws -> Response {
        let message = try await index.write(for: .answer) { tx in
            guard let (channel, responder) = try authority(tx) else { throw APIError.reviewNotFound }
            try response.complete(id, in: channel, by: responder, tx)
            guard let whole = try tx.message(id, in: channel) else { throw APIError.reviewNotFound }
            return whole
        }
        return try .json(MessageJSON(listed: message), status: .created)
    }
}

extension APIError {
    fileprivate static let questionChanged = APIError(
        .conflict,
        "The question has changed since it was shown (its digest is another one); read it again before you answer"
    )
}
