import API
import HTTP
import Index

/// A message that a request has stored, or that it repeats.
struct StoredMessage: Sendable {
    let id: Message.ID
    /// Nil when it has to be read for the answer: after the unit, because it may be large.
    var whole: MessageWithParts?
    var isRepeat = false
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
        // The constraint of the index decides which is the first, not the look above.
        if let first = try tx.insertOrFindFirst(message, review: review, in: channel) {
            return try repeated(first, tx, channel)
        }
        // Nothing else can belong to it. A stream, though, may have status events already.
        if attachmentIDs.isEmpty, texts.isEmpty, message.streamID == nil {
            return StoredMessage(id: message.id, whole: MessageWithParts(message: message, review: review))
        }
        try tx.attachAll(attachmentIDs, to: message, in: channel)
        if !texts.isEmpty { try attachTexts(message.id) }
        if let question = self.review?.question { try tx.setDigest(question, ofMessage: message.id, in: channel) }
        return StoredMessage(id: message.id)
    }

    /// The message that this one repeats, if any. The client id wins over the stream id.
    private func first(_ tx: Transaction, _ channel: OwnedChannel) throws -> NamedMessage? {
        if let name = message.clientID,
            let first = try tx.namedMessage(clientID: name, by: message.senderType, in: channel)
        {
            return first
        }
        return try message.streamID.flatMap { try tx.namedMessage(streamID: $0, in: channel) }
    }

    /// The answer to a repeat: the first message, now aborted if the repeat says so and it was still streaming. Then it
    /// takes the text of the repeat, if that has one.
    ///
    /// - Throws: ``IndexError/frozen(_:)`` when the text is another and its question is answered or has expired.
    private func repeated(
        _ first: NamedMessage,
        _ tx: Transaction,
        _ channel: OwnedChannel
    ) throws -> StoredMessage {
        if message.streamState == .aborted, first.streamState == .streaming {
            _ = try tx.updateDraft(first.id, in: channel, text: message.text, state: .aborted)
        }
        return StoredMessage(id: first.id, isRepeat: true)
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
        if let first = try tx.insertOrFindFirst(message, in: channel) {
            return StoredMessage(id: first.id, isRepeat: true)
        }
        try tx.attachAll(attachmentIDs, to: message, in: channel)
        return StoredMessage(id: message.id)
    }
}

extension Transaction {
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
