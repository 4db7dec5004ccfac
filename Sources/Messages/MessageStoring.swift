import API
import HTTP
import Index

/// A message that a request has stored, or that it repeats.
struct StoredMessage: Sendable {
    var message: MessageWithParts
    let isRepeat: Bool
}

extension MessageDraft {
    /// Stores the message with its review and attachments. A repeat of the client id or the stream id stores nothing
    /// and returns the first message; if that is a draft, the repeat may abort it.
    ///
    /// - Parameter attachTexts: stores `texts` as attachments. Called when the message is stored.
    /// - Throws: ``APIError`` 400 when an attachment cannot be attached, or `iterationOf` names no finished review.
    func store(
        _ tx: Transaction,
        in channel: OwnedChannel,
        _ attachTexts: (_ messageID: Message.ID) throws -> Void
    ) throws -> StoredMessage {
        // Before anything is checked: what a repeat names is attached by now, and would be refused.
        if let first = try first(tx, channel) { return try repeated(first, tx, channel) }
        var message = message
        (message.createdAt, message.updatedAt) = (tx.now, tx.now)
        message.iteration = try iteration(tx, channel)
        let review = review?.review(of: message, now: tx.now)
        let stored = try tx.insertOrKeepFirst(message, review: review, in: channel)
        // The constraint of the index decides which is the first, not the look above.
        guard stored.id == message.id else { return try repeated(try tx.whole(stored.id, in: channel), tx, channel) }
        // Nothing else can belong to it. A stream, though, may have status events already.
        if attachmentIDs.isEmpty, texts.isEmpty, message.streamID == nil {
            return StoredMessage(message: MessageWithParts(message: message, review: review), isRepeat: false)
        }
        try tx.attachAll(attachmentIDs, to: message, in: channel)
        if !texts.isEmpty { try attachTexts(message.id) }
        if let question = self.review?.question { try tx.setDigest(question, ofMessage: message.id, in: channel) }
        return StoredMessage(message: try tx.whole(message.id, in: channel), isRepeat: false)
    }

    /// The message that this one repeats, if any. The client id wins over the stream id.
    private func first(_ tx: Transaction, _ channel: OwnedChannel) throws -> MessageWithParts? {
        if let name = message.clientID,
            let first = try tx.message(clientID: name, by: message.senderType, in: channel)
        {
            return first
        }
        return try message.streamID.flatMap { try tx.message(streamID: $0, in: channel) }
    }

    /// The answer to a repeat: the first message, now aborted if the repeat says so and it was still streaming. Then it
    /// takes the text of the repeat, if that has one.
    ///
    /// - Throws: ``IndexError/frozen(_:)`` when the text is another and its question is answered or has expired.
    private func repeated(
        _ first: MessageWithParts,
        _ tx: Transaction,
        _ channel: OwnedChannel
    ) throws -> StoredMessage {
        guard message.streamState == .aborted, first.message.streamState == .streaming else {
            return StoredMessage(message: first, isRepeat: true)
        }
        _ = try tx.updateDraft(first.id, in: channel, text: message.text, state: .aborted)
        return StoredMessage(message: try tx.whole(first.id, in: channel), isRepeat: true)
    }

    /// The place among the versions of a question; nil without `iterationOf`.
    ///
    /// - Throws: ``APIError`` 400 when that names no finished review of the channel.
    private func iteration(_ tx: Transaction, _ channel: OwnedChannel) throws -> Iteration? {
        guard let iterationOf else { return nil }
        guard let next = try tx.nextIteration(of: iterationOf, in: channel) else {
            throw APIError.invalid("iterationOf", "must be a message of this channel whose review is finished")
        }
        return next
    }
}

extension UserMessageDraft {
    /// Stores it as the user's message. A repeat of the client id stores nothing and returns the first message.
    ///
    /// - Throws: ``APIError`` 400 when a file cannot be attached.
    func store(_ tx: Transaction, in channel: OwnedChannel) throws -> StoredMessage {
        var message = message
        (message.createdAt, message.updatedAt) = (tx.now, tx.now)
        let stored = try tx.insertOrKeepFirst(message, in: channel)
        let isRepeat = stored.id != message.id
        if !isRepeat { try tx.attachAll(attachmentIDs, to: message, in: channel) }
        return StoredMessage(message: try tx.whole(stored.id, in: channel), isRepeat: isRepeat)
    }
}

extension Transaction {
    /// A message with its parts. This transaction has just stored or found it.
    fileprivate func whole(_ id: Message.ID, in channel: OwnedChannel) throws -> MessageWithParts {
        guard let whole = try message(id, in: channel) else { throw APIError.messageNotFound }
        return whole
    }

    /// Attaches files to a message.
    ///
    /// - Throws: ``APIError`` 400 naming those that are not in the channel or belong to a message already. That undoes
    ///   the whole transaction.
    fileprivate func attachAll(_ ids: [Attachment.ID], to message: Message, in channel: OwnedChannel) throws {
        let refused = try attach(ids, to: message, in: channel)
        guard refused.isEmpty else {
            let names = refused.map(\.rawValue).joined(separator: ", ")
            throw APIError.invalid("attachmentIds", "are not free files of this channel: \(names)")
        }
    }
}
