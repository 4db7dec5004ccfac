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
    /// - Throws: ``IndexError/frozen(_:)`` when the review is answered or past its time; what `change` throws.
    func changeQuestion<Value>(
        of id: Message.ID,
        in channel: OwnedChannel,
        _ change: () throws -> Value
    ) throws -> Value {
        guard let review: PendingUntil = try one(SQL.pendingUntil, [id, channel.id]) else { return try change() }
        guard review.isPending, now < review.expiresAt else { throw IndexError.frozen(id) }
        let value = try change()
        guard let question: Question = try one(SQL.question, [id, channel.id]) else { return value }
        try setDigest(question.digest, ofMessage: id, in: channel)
        return value
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
    let digest: QuestionDigest

    init(row: inout Row) {
        let (text, type, payloadJSON): (String?, String, String?) = (row.next(), row.next(), row.next())
        digest = QuestionDigest(text: text, type: type, payloadJSON: payloadJSON)
    }
}

private enum SQL {
    static let pendingUntil =
        "SELECT status = 'pending', expires_at FROM reviews WHERE message_id = ? AND channel_id = ?"
    static let question = """
        SELECT messages.text, reviews.type, reviews.payload
        FROM reviews JOIN messages ON messages.id = reviews.message_id
        WHERE reviews.message_id = ? AND reviews.channel_id = ?
        """
    /// In the order in which a message shows them.
    static let files = "SELECT sha256 FROM attachments WHERE message_id = ? AND channel_id = ? ORDER BY id"
    static let setDigest = "UPDATE reviews SET digest = ? WHERE message_id = ? AND channel_id = ?"
}
