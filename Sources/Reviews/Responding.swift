import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

extension ReviewResponse {
    /// Completes the review of a message, and returns the message. That happens once: of many responses at the same
    /// moment one is accepted.
    ///
    /// - Parameters:
    ///   - channel: the message's, if there is such a message.
    ///   - fault: what ``fault(as:)`` said of it.
    /// - Throws: ``APIError`` 400 when the response does not answer the question, 403 when another one was first, 404
    ///   when there is no review, 409 when it has expired or asks something else than its `digest` says.
    func complete(
        _ id: Message.ID,
        in channel: OwnedChannel?,
        by responder: Responder,
        fault: APIError?,
        _ tx: Transaction
    ) throws -> MessageWithParts {
        guard let channel, let review = try tx.review(ofMessage: id, in: channel) else {
            throw APIError.reviewNotFound
        }
        if review.status(at: tx.now) == .pending {
            // Only while it is pending: whoever comes too late should hear that, and not what else is wrong.
            if let digest, digest != review.digest { throw APIError.questionChanged }
            if let fault { throw fault }
            try checkFiles(of: id, in: channel, tx)
        }
        let outcome = try tx.complete(
            reviewOf: id,
            in: channel,
            responseJSON: responseJSON,
            feedback: feedback,
            modifiedFileIDsJSON: modifiedFileIDs.map {
                JSONValue.object(JSONObject($0.mapValues { .string($0) })).encoded()
            },
            by: responder
        )
        switch outcome {
        case .accepted: break
        case .alreadyResponded: throw APIError(.forbidden, "Review already responded")
        case .expired: throw APIError(.conflict, "Review has expired; no response is taken any more")
        case .absent: throw APIError.reviewNotFound
        }
        guard let whole = try tx.message(id, in: channel) else { throw APIError.reviewNotFound }
        return whole
    }

    /// What is wrong with it as an answer to a question; nil when nothing is, or there is no such question.
    ///
    /// Ask before the unit: a question may have 8 MiB, and its type and payload never change.
    func fault(as review: Review?) throws -> APIError? {
        guard let review else { return nil }
        let payload = try review.payloadJSON.map(JSONValue.init(text:))
        do throws(APIError) {
            try ResponseRules.check(type: review.type, payload: payload, response: response)
            return nil
        } catch {
            return error
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
        let fault = try await context.inTurnIfLarge {
            try response.fault(as: try await index.read { try $0.anyMessage(id: id)?.review })
        }
        let message = try await index.write(as: context.origin(.commandLine), for: .answer) { tx in
            try response.complete(id, in: try tx.anyChannel(ofMessage: id), by: .commandLine, fault: fault, tx)
        }
        return try .json(MessageJSON(listed: message), status: .created)
    }

    /// Answers a review of one of the user's channels. Agents have no such route: they ask.
    ///
    /// - Throws: ``IndexError/notOwned``; as `ReviewResponse.complete`.
    func respondForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let response = try await request.read(context) { ReviewResponse(&$0) }
        let (id, principal) = (try context.id(of: Message.self), context.principal)
        let fault = try await context.inTurnIfLarge {
            try response.fault(as: try await index.read(by: principal) { try $0.message(id, ofUser: $1)?.review })
        }
        let message = try await index.write(by: principal, for: .answer) { tx, user in
            guard let responder = try tx.user(id: user.id).map(Responder.init) else { throw IndexError.notSignedIn }
            let channel = try tx.channel(ofMessage: id, ownedBy: user)
            return try response.complete(id, in: channel, by: responder, fault: fault, tx)
        }
        return try await context.inTurn(if: message.isLarge) {
            try .json(MessageJSON(listed: message), status: .created)
        }
    }
}

extension APIError {
    fileprivate static let questionChanged = APIError(
        .conflict,
        "The question has changed since it was shown (its digest is another one); read it again before you answer"
    )
}
