/// A page of messages, in the order of its list.
package typealias MessagePage = Page<MessageWithParts>

extension Querying {
    /// A page of messages with their parts, newest first by id. It is shorter than `limit` when they are large.
    ///
    /// - Parameters:
    ///   - before: the id of the last row on the page before, which may be deleted by now; nil starts with the newest.
    ///   - search: only messages with this in the first 16 384 Unicode scalars of their text, see `SearchTerm`, and no
    ///     drafts under way; nil and empty mean all. More than 1 000 Unicode scalars find nothing: refuse such a request.
    ///   - hasAttachments: true for only messages with attachments, false for all.
    package func messages(
        in channels: OwnedChannels,
        before: Message.ID? = nil,
        limit: Int,
        search: String? = nil,
        hasAttachments: Bool = false
    ) throws -> MessagePage {
        let term = SearchTerm(search)
        return try messages(
            Wanted(before: before, limit: limit, term: term, hasAttachments: hasAttachments),
            in: channels
        )
    }

    func messages(_ wanted: Wanted, in channels: OwnedChannels) throws -> MessagePage {
        if wanted.term?.findsNothing == true { return .empty }
        guard let term = wanted.term else { return try page(wanted, by: nil, in: channels) }
        try ReadLimit.refuseSearch()
        if isPostgreSQL {
            return try page(SQL.byIDs, [jsonArray(of: try newest(wanted, by: nil, in: channels))])
        }
        let trigrams = try term.trigramQuery ?? trigrams(of: term, wanted, in: channels)
        return trigrams == "" ? .empty : try page(wanted, by: trigrams, in: channels)
    }

    /// The FTS5 query for a short term, as ``shortQuery(_:)`` makes it; nil when the term is so frequent that the
    /// texts are better read, newest first, until the page is full.
    private func trigrams(of term: SearchTerm, _ wanted: Wanted, in channels: OwnedChannels) throws -> String? {
        if let id = channels.only, try isFrequent(term, wanted, in: id) { return nil }
        return try shortQuery(term)
    }

    private func page(_ wanted: Wanted, by trigrams: String?, in channels: OwnedChannels) throws -> MessagePage {
        if let id = channels.only {
            return try query(SQL.rows, wanted, by: trigrams, in: id).map { try page($0.sql, $0.values) } ?? .empty
        }
        return try page(SQL.byIDs, [jsonArray(of: try newest(wanted, by: trigrams, in: channels))])
    }

    private func isFrequent(_ term: SearchTerm, _ wanted: Wanted, in channelID: Agent.ID) throws -> Bool {
        let newest: Arguments = [channelID, wanted.before ?? .afterAll, 4 * wanted.limit, term.text]
        return try (one(SQL.newestWith, newest) as Int? ?? 0) >= wanted.limit
    }

    /// The newest of the wanted messages of several channels. With a filter each channel is searched by itself.
    private func newest(_ wanted: Wanted, by trigrams: String?, in channels: OwnedChannels) throws -> [Message.ID] {
        if wanted.term == nil, !wanted.hasAttachments {
            return try merged(SQL.merge, in: channels, from: wanted.before ?? .afterAll, limit: wanted.limit)
        }
        let channelIDs: [Agent.ID] = try all(SQL.channels, channels.arguments)
        return try channelIDs.reduce(into: []) { newest, id in
            let more = try ids(wanted, by: trigrams, in: id)
            if !more.isEmpty { newest = Array((newest + more).sorted(by: >).prefix(wanted.limit)) }
        }
    }

    private func ids(_ wanted: Wanted, by trigrams: String?, in channelID: Agent.ID) throws -> [Message.ID] {
        if isPostgreSQL, let term = wanted.term { return try postgreSQLSearch(term, wanted, in: channelID) }
        return try query(SQL.ids, wanted, by: trigrams, in: channelID).map { try all($0.sql, $0.values) } ?? []
    }

    /// The statement that finds the wanted messages of one channel, with its values; nil when there are none.
    ///
    /// A term without trigrams reads the channel's texts, newest first, until the page is full.
    private func query(
        _ statements: ListStatements,
        _ wanted: Wanted,
        by trigrams: String?,
        in channelID: Agent.ID
    ) throws -> (sql: String, values: Arguments)? {
        let (cursor, limit, hasAttachments) = (wanted.before ?? .afterAll, wanted.limit, wanted.hasAttachments)
        guard let term = wanted.term else {
            if hasAttachments { return (statements.withFiles, [channelID, channelID, cursor, limit]) }
            return (statements.all, [channelID, cursor, limit])
        }
        let filters: Arguments = [term.text] + wanted.filters + [limit]
        guard let trigrams else {
            return (statements.byPattern, [channelID, cursor] + filters)
        }
        guard let range = try searchRange(channelID: channelID, before: wanted.before) else { return nil }
        let bounds: Arguments = [trigrams, range.lower, range.upper, channelID]
        return (statements.byTrigrams, bounds + filters)
    }

    /// The messages that a statement returns, as long as they are not too heavy together. Its columns must be
    /// `weighedMessage`.
    func page(_ sql: String, _ arguments: Arguments) throws -> MessagePage {
        let page: Page<MessageRow> = try weighed(sql, arguments) { row in
            let own: Int = row.next()
            // The number of files is read again, with the message.
            var rest = row
            return own + PageWeight.ofRow * rest.next()
        }
        return MessagePage(rows: try withParts(page.rows), isCut: page.isCut)
    }
}

/// What a list of messages is asked for.
struct Wanted {
    let before: Message.ID?
    let limit: Int
    let term: SearchTerm?
    var hasAttachments = false
    /// Only with a term: the reviews that the messages must have. Nil for all messages.
    var review: ReviewFilter?

    /// Which rows of `messages` have the files and the review that are wanted, for a WHERE clause.
    static let filter = """
        (? = 0 OR EXISTS (
            SELECT * FROM attachments
            WHERE attachments.channel_id = messages.channel_id AND attachments.message_id = messages.id
        ))
        AND (? = 0 OR EXISTS (
            SELECT * FROM reviews
            WHERE reviews.message_id = messages.id AND reviews.type = coalesce(?, reviews.type) AND ? IN (
                'all',
                CASE WHEN reviews.status = 'pending' AND reviews.expires_at <= ? THEN 'expired' ELSE reviews.status END
            )
        ))
        """
    /// The values for its `?`.
    var filters: Arguments {
        [
            hasAttachments, review != nil, review?.type, review?.status?.rawValue ?? "all",
            review?.now ?? .distantFuture,
        ]
    }
}

/// The columns of a list of messages: first the weight as ``PageWeight`` counts it, then the message, which begins with
/// the number of its files. A file counts as a row: its names are short.
let weighedMessage = "\(messageWeight), \(MessageRow.columns)"

/// All that a message carries in a list, but its files.
let messageWeight = """
    \(PageWeight.ofRow) + coalesce(length(messages.text), 0) + coalesce(length(messages.metadata), 0)
    + coalesce(length(reviews.payload), 0) + coalesce(length(reviews.callback), 0)
    + coalesce(length(reviews.response), 0) + coalesce(length(reviews.feedback), 0)
    + coalesce(length(reviews.modified_file_ids), 0) + CASE WHEN messages.stream_id IS NULL THEN 0 ELSE coalesce((
        SELECT sum(length(text) + \(PageWeight.ofRow)) FROM stream_events
        WHERE stream_events.channel_id = messages.channel_id AND stream_events.stream_id = messages.stream_id
            AND stream_events.number > \(numberBeforeShownEvents)
    ), 0) END
    """

/// The statements that find messages of one channel, with the columns that are wanted of each, some of them perhaps of
/// tables that are joined.
private struct ListStatements {
    let all: String
    let withFiles: String
    let byPattern: String
    let byTrigrams: String

    init(_ columns: String, joining join: String = "") {
        all = """
            SELECT \(columns) FROM messages \(join)
            WHERE messages.channel_id = ? AND messages.id < ? ORDER BY messages.id DESC LIMIT ?
            """
        withFiles = """
            SELECT \(columns) FROM messages \(join) WHERE messages.channel_id = ? AND messages.id IN (
                SELECT DISTINCT message_id FROM attachments WHERE channel_id = ? AND message_id < ?
                ORDER BY message_id DESC LIMIT ?
            )
            ORDER BY messages.id DESC
            """
        byPattern = """
            SELECT \(columns) FROM messages \(join)
            WHERE messages.channel_id = ? AND messages.id < ? AND messages.stream_state IS DISTINCT FROM 'streaming'
                AND contains(messages.text, ?) AND \(Wanted.filter)
            ORDER BY messages.id DESC LIMIT ?
            """
        // CROSS makes the full-text index the outer loop: newest first, and it stops when the page is full.
        byTrigrams = """
            SELECT \(columns)
            FROM message_search CROSS JOIN messages ON messages.search_number = message_search.rowid \(join)
            WHERE message_search MATCH ? AND message_search.rowid > ? AND message_search.rowid < ?
                AND messages.channel_id = ? AND messages.stream_state IS DISTINCT FROM 'streaming'
                AND contains(messages.text, ?) AND \(Wanted.filter)
            ORDER BY message_search.rowid DESC LIMIT ?
            """
    }
}

private enum SQL {
    static let rows = ListStatements(weighedMessage, joining: MessageRow.withReview)
    static let ids = ListStatements("messages.id")
    static let newestWith = """
        SELECT count(*) FROM (
            SELECT text FROM messages WHERE channel_id = ? AND id < ? AND stream_state IS DISTINCT FROM 'streaming'
            ORDER BY id DESC LIMIT ?
        ) AS newest
        WHERE contains(text, ?)
        """
    static let channels = "SELECT agents.id FROM agents WHERE \(OwnedChannels.condition)"
    static let merge = ChannelMerge.newestFirst(
        "SELECT max(id) FROM messages WHERE channel_id = merge.channel_id AND id < merge.position"
    )
    static let byIDs = """
        SELECT \(weighedMessage) FROM \(MessageRow.source)
        WHERE messages.id IN (SELECT value FROM json_each(?)) ORDER BY messages.id DESC
        """
}
