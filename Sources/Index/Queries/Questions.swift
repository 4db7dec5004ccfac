extension Querying {
    /// What a draft asks once it has this text, without its files. Nil when no question of it is pending.
    ///
    /// - Throws: ``IndexError/tooLarge`` where a large read would hold up others (``ReadLimit``).
    package func question(
        ofStream streamID: String,
        in channel: OwnedChannel,
        text: String
    ) throws -> QuestionDigest? {
        guard text.utf8.count <= ReadLimit.bytes else { throw IndexError.tooLarge }
        guard let draft = try namedMessage(streamID: streamID, in: channel) else { return nil }
        return try question(of: draft.id, in: channel)?.digest(text: text)
    }

    /// What the messages of these files ask, as far as they are the user's and may still be answered. For
    /// ``Transaction/deleteAttachments(_:ownedBy:knowing:)``.
    ///
    /// - Throws: ``IndexError/tooLarge`` where a large read would hold up others (``ReadLimit``).
    package func questions(ofFiles ids: [Attachment.ID], ownedBy user: ActingUser) throws -> [Message.ID: AskedQuestion]
    {
        var questions: [Message.ID: AskedQuestion] = [:]
        for id in ids {
            guard let (channel, message) = try place(id, ownedBy: user), let message, questions[message] == nil else {
                continue
            }
            questions[message] = try question(of: message, in: channel).map {
                AskedQuestion(digest: $0.storedDigest, question: $0.digest(text: $0.text))
            }
        }
        return questions
    }

    fileprivate func question(of id: Message.ID, in channel: OwnedChannel) throws -> Question? {
        if ReadLimit.bytes < .max {
            guard let weight: Int = try one(SQL.weight, [id, channel.id]) else { return nil }
            guard weight <= ReadLimit.bytes else { throw IndexError.tooLarge }
        }
        return try one(SQL.question, [id, channel.id])
    }
}

/// What a review asked in a snapshot.
package struct AskedQuestion: Sendable {
    /// The review's, files included. While it is the same, so is the question.
    let digest: String
    /// The same without the files.
    let question: QuestionDigest
}

/// What a review asks: the text and the files of its message, its type and its payload. It may change while the review
/// is pending, and never afterwards.
extension Transaction {
    /// Notes what a new review asks, now that its files are attached.
    package func setDigest(_ question: QuestionDigest, ofMessage id: Message.ID, in channel: OwnedChannel) throws {
        let files: [String] = try all(SQL.files, [id, channel.id])
        try execute(SQL.setDigest, [question.hex(files: files), id, channel.id])
    }

    /// Runs `change`, which changes the text or the files of a message. If they are asked about, the review's digest
    /// changes with them, so that an answer to what was there before is refused.
    ///
    /// - Parameter question: what it asks then, without its files, so that nothing large is hashed here. Nil when the
    ///   caller does not know.
    /// - Throws: ``IndexError/frozen(_:)`` when the review is answered or past its time; what `change` throws.
    func changeQuestion<Value>(
        of id: Message.ID,
        in channel: OwnedChannel,
        becoming question: QuestionDigest?,
        _ change: () throws -> Value
    ) throws -> Value {
        guard let review: PendingUntil = try one(SQL.pendingUntil, [id, channel.id]) else { return try change() }
        guard review.isPending, now < review.expiresAt else { throw IndexError.frozen(id) }
        let value = try change()
        guard let question = try question ?? self.question(of: id, in: channel).map({ $0.digest(text: $0.text) }) else {
            return value
        }
        try setDigest(question, ofMessage: id, in: channel)
        return value
    }

    /// What a message asks, if it is still what it was.
    func confirmed(_ asked: AskedQuestion?, ofMessage id: Message.ID, in channel: OwnedChannel) throws
        -> QuestionDigest?
    {
        guard let asked, try exists(SQL.hasDigest, [id, channel.id, asked.digest]) else { return nil }
        return asked.question
    }
}

/// How long a review may be answered, if it may.
private struct PendingUntil: RowReadable {
    let isPending: Bool
    let expiresAt: Timestamp

    init(row: inout Row) {
        isPending = row.next()
        expiresAt = row.next()
    }
}

/// A question as it is stored, without its files.
private struct Question: RowReadable {
    let text: String?
    let type: String
    let payloadJSON: String?
    /// With its files.
    let storedDigest: String

    init(row: inout Row) {
        text = row.next()
        type = row.next()
        payloadJSON = row.next()
        storedDigest = row.next()
    }

    func digest(text: String?) -> QuestionDigest {
        QuestionDigest(text: text, type: type, payloadJSON: payloadJSON)
    }
}

private enum SQL {
    static let pendingUntil =
        "SELECT status = 'pending', expires_at FROM reviews WHERE message_id = ? AND channel_id = ?"
    static let question = """
        SELECT messages.text, reviews.type, reviews.payload, reviews.digest
        FROM reviews JOIN messages ON messages.id = reviews.message_id
        WHERE reviews.message_id = ? AND reviews.channel_id = ? AND reviews.status = 'pending'
        """
    static let weight = """
        SELECT coalesce(length(messages.text), 0) + coalesce(length(reviews.payload), 0)
        FROM reviews JOIN messages ON messages.id = reviews.message_id
        WHERE reviews.message_id = ? AND reviews.channel_id = ? AND reviews.status = 'pending'
        """
    static let hasDigest = "SELECT 1 FROM reviews WHERE message_id = ? AND channel_id = ? AND digest = ?"
    /// In the order in which a message shows them.
    static let files = "SELECT sha256 FROM attachments WHERE message_id = ? AND channel_id = ? ORDER BY id"
    static let setDigest = "UPDATE reviews SET digest = ? WHERE message_id = ? AND channel_id = ?"
}
