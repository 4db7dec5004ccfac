import API
import HTTP
import Index
import JSON

extension MessageDraft {
    /// Stores all of it; a repeat of the client id or the stream id stores nothing and gives the first message, which it
    /// may abort while that is a draft.
    ///
    /// - Parameter attachTexts: stores `texts` as attachments of a message that is stored by then.
    /// - Throws: ``APIError`` 400 when an attachment cannot be attached or `iterationOf` names no finished review.
    func store(
        _ tx: Transaction,
        in channel: OwnedChannel,
        _ attachTexts: (_ messageID: Message.ID) throws -> Void
    ) throws -> MessageWithParts {
        if let first = try first(tx, channel) { return try repeated(first, tx, channel) }
        var message = message
        (message.createdAt, message.updatedAt) = (tx.now, tx.now)
        message.metadataJSON = try metadata?.encoded()
        message.iteration = try iteration(tx, channel)
        let review = try review?.review(of: message, now: tx.now)
        let stored = try tx.insertOrKeepFirst(message, review: review, in: channel)
        guard stored.id == message.id else { return try repeated(try tx.whole(stored.id, in: channel), tx, channel) }
        if attachmentIDs.isEmpty, texts.isEmpty, message.streamID == nil {
            return MessageWithParts(message: message, review: review)
        }
        try tx.attachAll(attachmentIDs, to: message, in: channel)
        if !texts.isEmpty { try attachTexts(message.id) }
        return try tx.whole(message.id, in: channel)
    }

    private func first(_ tx: Transaction, _ channel: OwnedChannel) throws -> MessageWithParts? {
        if let name = message.clientID, let first = try tx.message(clientID: name, in: channel) { return first }
        return try message.streamID.flatMap { try tx.message(streamID: $0, in: channel) }
    }

    private func repeated(
        _ first: MessageWithParts,
        _ tx: Transaction,
        _ channel: OwnedChannel
    ) throws -> MessageWithParts {
        guard message.streamState == .aborted, first.message.streamState == .streaming else { return first }
        _ = try tx.updateDraft(first.id, in: channel, text: nil, state: .aborted)
        return try tx.whole(first.id, in: channel)
    }

    private func iteration(_ tx: Transaction, _ channel: OwnedChannel) throws -> Iteration? {
        guard let iterationOf else { return nil }
        guard let next = try tx.nextIteration(of: iterationOf, in: channel) else {
            throw APIError.invalid("iterationOf", "must be a message of this channel whose review is finished")
        }
        return next
    }
}

extension UserMessageDraft {
    /// Stores it as the user's; a repeat of the client id stores nothing and gives the first message.
    ///
    /// - Throws: ``APIError`` 400 when a file cannot be attached.
    func store(_ tx: Transaction, in channel: OwnedChannel) throws -> MessageWithParts {
        var message = message
        (message.createdAt, message.updatedAt) = (tx.now, tx.now)
        let stored = try tx.insertOrKeepFirst(message, in: channel)
        if stored.id == message.id { try tx.attachAll(attachmentIDs, to: message, in: channel) }
        return try tx.whole(stored.id, in: channel)
    }
}

extension Transaction {
    /// A message that has just been stored or found.
    fileprivate func whole(_ id: Message.ID, in channel: OwnedChannel) throws -> MessageWithParts {
        guard let whole = try message(id, in: channel) else { throw APIError.messageNotFound }
        return whole
    }

    /// Attaches files to a message, or throws ``APIError`` 400 naming those that cannot be.
    fileprivate func attachAll(_ ids: [Attachment.ID], to message: Message, in channel: OwnedChannel) throws {
        let refused = try attach(ids, to: message, in: channel)
        guard refused.isEmpty else {
            let names = refused.map(\.rawValue).joined(separator: ", ")
            throw APIError.invalid("attachmentIds", "are not free files of this channel: \(names)")
        }
    }
}
