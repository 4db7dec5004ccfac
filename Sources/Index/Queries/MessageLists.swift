import Foundation
import GRDB

extension Querying {
    /// A page of a channel's messages with their parts, newest first by id; shorter than `limit` when they are large.
    ///
    /// - Parameters:
    ///   - before: the id of the last row of the page before, which need not exist any more; nil starts at the newest.
    ///   - search: only those with this in their text, see `SearchTerm`; nil and empty mean all. Nothing is found by
    ///     more than 1 000 Unicode scalars: refuse such a request.
    ///   - hasAttachments: true for only those with attachments, false for all.
    package func messages(
        channelID: String,
        before: String? = nil,
        limit: Int,
        search: String? = nil,
        hasAttachments: Bool = false
    ) throws -> MessagePage {
        let cursor = before ?? Identifier.afterAll
        if let term = SearchTerm(search) { return try messages(channelID, before, limit, term, hasAttachments) }
        if hasAttachments { return try page(SQL.pageWithFiles, [channelID, channelID, cursor, limit]) }
        return try page(SQL.page, [channelID, cursor, limit])
    }

    /// Three characters and more go by trigram. Less read the channel's texts from the newest on until the page is
    /// full, which takes a second for a million messages when there are few hits.
    private func messages(
        _ channelID: String,
        _ before: String?,
        _ limit: Int,
        _ term: SearchTerm,
        _ hasAttachments: Bool
    ) throws -> MessagePage {
        if term.findsNothing { return .empty }
        guard let query = term.trigramQuery else {
            let cursor = before ?? Identifier.afterAll
            return try page(SQL.pageByPattern, [channelID, cursor, term.pattern, hasAttachments, limit])
        }
        guard let range = try searchRange(channelID: channelID, before: before) else { return .empty }
        return try page(SQL.pageByTrigrams, [query, range.lower, range.upper, term.pattern, hasAttachments, limit])
    }

    /// The messages that a statement gives, as far as they are not too large together; their columns are
    /// ``Message/weighedColumns``.
    func page(_ sql: String, _ arguments: StatementArguments) throws -> MessagePage {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        var messages: [Message] = []
        var (weight, isCut) = (0, false)
        while !isCut, let row = try rows.next() {
            weight += row[Message.columnCount] as Int
            isCut = weight > MessagePage.maxWeight && !messages.isEmpty
            if !isCut { messages.append(Message(row: row)) }
        }
        return MessagePage(messages: try withParts(messages), isCut: isCut)
    }

    /// `message` with its parts.
    func withParts(_ message: Message?) throws -> MessageWithParts? {
        try message.flatMap { try withParts([$0]).first }
    }

    /// `messages` with their parts, by two more statements however many they are, or three when there are streams.
    func withParts(_ messages: [Message]) throws -> [MessageWithParts] {
        if messages.isEmpty { return [] }
        // One argument for all ids: the statement stays the same for every number of them.
        let ids = String(decoding: try JSONEncoder().encode(messages.map(\.id)), as: UTF8.self)
        let reviews: [Review] = try all(SQL.reviews, [ids])
        let attachments: [Attachment] = try all(SQL.attachments, [ids])
        let reviewByID = Dictionary(uniqueKeysWithValues: reviews.map { ($0.messageId, $0) })
        let attachmentsByID = Dictionary(grouping: attachments) { $0.messageId ?? "" }
        let hasStreams = messages.contains { $0.streamId != nil }
        let events: [StreamEvent] = hasStreams ? try all(SQL.statusEvents, [ids]) : []
        let eventsByStream = Dictionary(grouping: events, by: \.streamId)
        return messages.map { message in
            MessageWithParts(
                message: message,
                review: reviewByID[message.id],
                attachments: attachmentsByID[message.id] ?? [],
                statusEvents: message.streamId.flatMap { eventsByStream[$0] } ?? []
            )
        }
    }
}

private enum SQL {
    static let page = """
        SELECT \(Message.weighedColumns) FROM messages WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?
        """
    static let pageWithFiles = """
        SELECT \(Message.weighedColumns) FROM messages WHERE channel_id = ? AND id IN (
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
        SELECT \(Message.weighedColumns) FROM messages
        WHERE channel_id = ? AND id < ? AND text GLOB ? AND \(filesWhenAsked)
        ORDER BY id DESC LIMIT ?
        """
    // CROSS: the full-text index leads, newest first, and stops with the page.
    static let pageByTrigrams = """
        SELECT \(Message.weighedColumns)
        FROM message_search CROSS JOIN messages ON messages.search_number = message_search.rowid
        WHERE message_search MATCH ? AND message_search.rowid > ? AND message_search.rowid < ?
            AND messages.text GLOB ? AND \(filesWhenAsked)
        ORDER BY message_search.rowid DESC LIMIT ?
        """
    static let reviews = "SELECT \(Review.columns) FROM reviews WHERE message_id IN (SELECT value FROM json_each(?))"
    static let statusEvents = """
        SELECT \(StreamEvent.columns)
        FROM messages JOIN stream_events
            ON stream_events.channel_id = messages.channel_id AND stream_events.stream_id = messages.stream_id
        WHERE messages.id IN (SELECT value FROM json_each(?))
        ORDER BY stream_events.stream_id, stream_events.number
        """
    static let attachments = """
        SELECT \(Attachment.columns) FROM attachments WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY id
        """
}
