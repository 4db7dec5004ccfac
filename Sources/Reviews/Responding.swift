import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

extension ReviewResponse {
    /// Completes the review of a message, once: of many at the same moment one is accepted.
    ///
    /// - Throws: ``APIError`` 400 when the response is not one to this question, 403 when somebody else was first, 404
    ///   when there is no review, 409 when it has expired.
    func complete(_ message: Message, _ tx: Transaction) throws {
        guard let review = try tx.review(messageID: message.id, channelID: message.channelId) else {
            throw APIError.reviewNotFound
        }
        if review.status(at: tx.now) == .pending {
            let payload = try review.payloadJSON.map(JSONValue.init(text:))
            try ResponseRules.check(type: review.type, payload: payload, response: response)
            try checkFiles(message, tx)
        }
        let outcome = try tx.complete(
            reviewOf: message.id,
            responseJSON: try response.encoded(),
            feedback: feedback,
            modifiedFileIDsJSON: try modifiedFileIDs.map {
                try JSONValue.object($0.mapValues { .string($0) }).encoded()
            }
        )
        switch outcome {
        case .accepted: return
        case .alreadyResponded: throw APIError(.forbidden, "Review already responded")
        case .expired: throw APIError(.conflict, "Review has expired; no response is taken any more")
        case .absent: throw APIError.reviewNotFound
        }
    }

    /// Originals are files of the message, replacements files of its channel.
    private func checkFiles(_ message: Message, _ tx: Transaction) throws {
        for (original, replacement) in modifiedFileIDs ?? [:] {
            guard try tx.attachment(id: original)?.messageId == message.id else {
                throw APIError.invalid("modifiedFileIds", "has a file that is not one of the message: \(original)")
            }
            guard try tx.attachment(id: replacement)?.channelId == message.channelId else {
                throw APIError.invalid("modifiedFileIds", "has a file that is not one of the channel: \(replacement)")
            }
        }
    }
}

extension ReviewsModule {
    /// Answers a review from the command line of this machine, whose operator may act for every user.
    @Sendable
    func respond(_ request: Request, _ context: RootContext) async throws -> Response {
        let response = try await request.read(context) { ReviewResponse(&$0) }
        return try await respond(try context.parameters.require("id"), response, asUser: nil)
    }

    /// Answers a review of one of the caller's channels.
    @Sendable
    func respondAsPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        let response = try await request.read(context) { ReviewResponse(&$0) }
        return try await respond(try context.parameters.require("id"), response, asUser: context.userID)
    }

    private func respond(_ id: String, _ response: ReviewResponse, asUser userID: String?) async throws -> Response {
        let message = try await index.write { tx in
            guard let message = try tx.message(id: id) else { throw APIError.reviewNotFound }
            if let userID, try !tx.owns(message.channelId, userID: userID) { throw APIError.notYourAgent }
            try response.complete(message, tx)
            guard let whole = try tx.message(id: id, channelID: message.channelId) else {
                throw APIError.reviewNotFound
            }
            return whole
        }
        return try .json(MessageJSON(listed: message), status: .created)
    }
}
