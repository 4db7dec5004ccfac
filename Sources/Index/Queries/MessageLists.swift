/// A page of messages, in the order of its list.
package struct MessagePage: Sendable, Equatable {
    /// The most that the messages of a page may weigh together, in characters of texts, metadata, questions and
    /// answers. A page is held in memory, and one message can have 8 MiB; a single message may be heavier.
    static let maxWeight = 4_000_000
    static let empty = MessagePage(messages: [], isCut: false)

    package var messages: [MessageWithParts]
    /// Whether the page ended early because of its weight, so that more would follow.
    package var isCut: Bool
}

extension Querying {
    /// A page of a channel's messages with their parts, newest first by id. It is shorter than `limit` when they are
    /// large.
    ///
    /// - Parameters:
    ///   - before: the id of the last row on the page before, which may be deleted by now; nil starts with the newest.
    ///   - search: only messages with this in the first 16 384 Unicode scalars of their text, see `SearchTerm`, and no
    ///     drafts under way; nil and empty mean all. More than 1 000 Unicode scalars find nothing: refuse such a request.
    ///   - hasAttachments: true for only messages with attachments, false for all.
    package func messages(
        in channel: OwnedChannel,
        before: Message.ID? = nil,
        limit: Int,
        search: String? = nil,
        hasAttachments: Bool = false
    ) throws -> MessagePage {
        let cursor = before ?? .afterAll
        if let term = SearchTerm(search) { return try messages(channel.id, before, limit, term, hasAttachments) }
        if hasAttachments { return try page(SQL.pageWithFiles, [channel.id, channel.id, cursor, limit]) }
        return try page(SQL.page, [channel.id, cursor, limit])
    }

    /// Terms of three characters and more use the trigrams. Shorter ones read the channel's texts, newest first, until
    /// the page is full. With few hits among a million messages that takes a second.
    private func messages(
        _ channelID: Agent.ID,
        _ before: Message.ID?,
        _ limit: Int,
        _ term: SearchTerm,
        _ hasAttachments: Bool
    ) throws -> MessagePage {
        if term.findsNothing { return .empty }
        guard let query = term.trigramQuery else {
            let cursor = before ?? .afterAll
            return try page(SQL.pageByPattern, [channelID, cursor, term.text, hasAttachments, limit])
        }
        guard let range = try searchRange(channelID: channelID, before: before) else { return .empty }
        let arguments: Arguments = [
            query, range.lower, range.upper, channelID, term.text, hasAttachments, limit,
        ]
        return try page(SQL.pageByTrigrams, arguments)
    }

    /// The messages that a statement returns, as long as they are not too large together. Its columns must be
    /// `weighedMessage`.
    func page(_ sql: String, _ arguments: Arguments) throws -> MessagePage {
        var messages: [Message] = []
        var (weight, isCut) = (0, false)
        try connection.rows(sql, arguments) { row in
            var row = row
            weight += row.next() as Int
            isCut = weight > MessagePage.maxWeight && !messages.isEmpty
            if !isCut { messages.append(Message(row: &row)) }
            return !isCut
        }
        return MessagePage(messages: try withParts(messages), isCut: isCut)
    }
}

/// The columns of a list of messages: first the weight as ``MessagePage/maxWeight`` counts it, then the message.
let weighedMessage = """
    ifnull(length(messages.text), 0) + ifnull(length(messages.metadata), 0) + ifnull((
        SELECT ifnull(length(payload), 0) + ifnull(length(response), 0)
        FROM reviews WHERE reviews.message_id = messages.id
    ), 0), \(Message.columns)
    """

private enum SQL {
    static let page = """
        SELECT \(weighedMessage) FROM messages WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?
        """
    static let pageWithFiles = """
        SELECT \(weighedMessage) FROM messages WHERE channel_id = ? AND id IN (
            SELECT DISTINCT message_id FROM attachments WHERE channel_id = ? AND message_id < ?
            ORDER BY message_id DESC LIMIT ?
        )
        ORDER BY id DESC
        """
    private static let filesWhenAsked = """
        (NOT ? OR EXISTS (
            SELECT * FROM attachments
            WHERE attachments.channel_id = messages.channel_id AND attachments.message_id = messages.id
        ))
        """
    static let pageByPattern = """
        SELECT \(weighedMessage) FROM messages
        WHERE channel_id = ? AND id < ? AND stream_state IS NOT 'streaming' AND contains(text, ?)
            AND \(filesWhenAsked)
        ORDER BY id DESC LIMIT ?
        """
    // CROSS makes the full-text index the outer loop: newest first, and it stops when the page is full.
    static let pageByTrigrams = """
        SELECT \(weighedMessage)
        FROM message_search CROSS JOIN messages ON messages.search_number = message_search.rowid
        WHERE message_search MATCH ? AND message_search.rowid > ? AND message_search.rowid < ?
            AND messages.channel_id = ? AND messages.stream_state IS NOT 'streaming' AND contains(messages.text, ?)
            AND \(filesWhenAsked)
        ORDER BY message_search.rowid DESC LIMIT ?
        """
}
