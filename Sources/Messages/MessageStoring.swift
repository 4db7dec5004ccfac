import JSON
import API
import HTTP
import Index

extension MessageDraft {
    /// Stores all of it; a repeat of the client id or the stream id stores nothing and gives the first message, which it
    /// may abort while that is a draft.
    ///
    /// - Parameter attachTexts: stores `texts` as attachments of a message that is stored by then.
    /// - Throws: ``APIError`` 400 when an attachment cannot be attached or `iterationOf` names no finished review.
    func store(_ tx: Transaction, _ attachTexts: (_ messageID: String) throws -> Void) throws -> MessageWithParts {
        if let first = try first(tx) { return try repeated(first, tx) }
        let message = Message(
            id: id,
            channelId: channelID,
            senderType: .agent,
            senderId: channelID,
            text: text,
            status: status,
            metadataJSON: try metadata?.encoded(),
            webhookUrl: webhookURL,
            iteration: try iteration(tx),
            clientId: clientID,
            streamId: streamID,
            streamState: streamID == nil ? nil : streamState ?? .streaming,
            createdAt: tx.now
        )
        let review = try review?.review(of: message, now: tx.now)
        let stored = try tx.insertOrKeepFirst(message, review: review)
        guard stored.id == id else { return try repeated(try whole(stored.id, tx), tx) }
        if attachmentIDs.isEmpty, texts.isEmpty, streamID == nil {
            return MessageWithParts(message: message, review: review)
        }
        try tx.attachAll(attachmentIDs, to: message)
        if !texts.isEmpty { try attachTexts(id) }
        return try whole(id, tx)
    }

    private func first(_ tx: Transaction) throws -> MessageWithParts? {
        if let clientID, let first = try tx.message(clientID: clientID, channelID: channelID) { return first }
        return try streamID.flatMap { try tx.message(streamID: $0, channelID: channelID) }
    }

    private func repeated(_ first: MessageWithParts, _ tx: Transaction) throws -> MessageWithParts {
        guard streamState == .aborted, first.message.streamState == .streaming else { return first }
        _ = try tx.updateDraft(id: first.id, text: nil, state: .aborted)
        return try whole(first.id, tx)
    }

    private func whole(_ id: String, _ tx: Transaction) throws -> MessageWithParts {
        guard let whole = try tx.message(id: id, channelID: channelID) else { throw APIError.messageNotFound }
        return whole
    }

    private func iteration(_ tx: Transaction) throws -> Iteration? {
        guard let iterationOf else { return nil }
        guard let next = try tx.nextIteration(of: iterationOf, channelID: channelID) else {
            throw APIError.invalid("iterationOf", "must be a message of this channel whose review is finished")
        }
        return next
    }
}

extension UserMessageDraft {
    /// Stores it as the user's; a repeat of the client id stores nothing and gives the first message.
    ///
    /// - Throws: ``APIError`` 403 for a channel that is not the user's, 400 when a file cannot be attached.
    func store(_ tx: Transaction, by userID: String) throws -> MessageWithParts {
        guard try tx.owns(channelID, userID: userID) else { throw APIError.notYourAgent }
        let message = Message(
            id: id,
            channelId: channelID,
            senderType: .user,
            senderId: userID,
            text: text,
            clientId: clientID,
            createdAt: tx.now
        )
        let stored = try tx.insertOrKeepFirst(message)
        if stored.id == id { try tx.attachAll(attachmentIDs, to: message) }
        guard let whole = try tx.message(id: stored.id, channelID: channelID) else { throw APIError.messageNotFound }
        return whole
    }
}

extension Transaction {
    /// Attaches files to a message, or throws ``APIError`` 400 naming those that cannot be.
    fileprivate func attachAll(_ ids: [String], to message: Message) throws {
        let refused = try attach(ids: ids, to: message)
        guard refused.isEmpty else {
            let names = refused.joined(separator: ", ")
            throw APIError.invalid("attachmentIds", "are not free files of this channel: \(names)")
        }
    }
}
