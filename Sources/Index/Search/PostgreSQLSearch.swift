// A search on PostgreSQL reads the newest texts of a channel first: of a frequent term, they fill the page. Else its
// index of trigrams, which has no order, says which texts may have the term, and those are few. (decision 0072)

enum PostgreSQLSearch {
    /// After so many bytes of texts the index is asked. Tests ask it at once.
    @TaskLocal static var mostBytesRead = 250_000
}

extension Querying {
    /// The newest messages of a channel that are wanted and have the term.
    func postgreSQLSearch(_ term: SearchTerm, _ wanted: Wanted, in channelID: Agent.ID) throws -> [Message.ID] {
        var search = TextSearch(term, limit: wanted.limit, before: wanted.before ?? .afterAll)
        var (count, isMore) = (4 * wanted.limit, true)
        while isMore, search.bytes < PostgreSQLSearch.mostBytesRead {
            isMore = try read(&search, SQL.newest, wanted.filters + [channelID, search.position, count], count)
            count *= 4
        }
        guard isMore, let number: Int64 = try one(SQL.channelNumber, [channelID]) else { return search.found }
        let query = term.trigramQuery(inChannel: number)
        while isMore {
            let place: Arguments = [query, channelID, search.position, term.text]
            isMore = try read(&search, SQL.byTrigrams, place + wanted.filters + [wanted.limit], wanted.limit)
        }
        return search.found
    }

    /// Returns whether there may be more and more is wanted.
    private func read(
        _ search: inout TextSearch,
        _ sql: String,
        _ arguments: Arguments,
        _ count: Int
    ) throws -> Bool {
        var rows = 0
        try connection.rows(sql, arguments) { row in
            rows += 1
            var row = row
            return search.take(row.next(), text: row.next())
        }
        return rows == count && !search.isFull
    }
}

/// What a search has found, and where it stands.
private struct TextSearch {
    private let matcher: SubstringMatcher
    private let limit: Int
    /// Where the search goes on: below this id.
    private(set) var position: Message.ID
    private(set) var found: [Message.ID] = []
    /// How many bytes of texts were read.
    private(set) var bytes = 0

    init(_ term: SearchTerm, limit: Int, before position: Message.ID) {
        matcher = SubstringMatcher(term)
        (self.limit, self.position) = (limit, position)
    }

    var isFull: Bool { found.count >= limit }

    /// - Parameter text: nil when the message is not wanted.
    /// - Returns: whether more is wanted.
    mutating func take(_ id: Message.ID, text: String?) -> Bool {
        position = id
        guard var text else { return true }
        bytes += text.utf8.count
        if text.withUTF8({ matcher.isFound(in: $0, limit: Message.searchedLength) }) { found.append(id) }
        return !isFull
    }
}

extension SearchTerm {
    /// The query of PostgreSQL for texts of a channel that have the term's trigrams, or one that begins with a short
    /// term.
    fileprivate func trigramQuery(inChannel number: Int64) -> String {
        let quoted = { (scalars: ArraySlice<Unicode.Scalar>) in
            "'\(number) \(scalars.map { $0 == "'" || $0 == "\\" ? "\($0)\($0)" : String($0) }.joined())'"
        }
        guard let trigrams else { return quoted(scalars[...]) + ":*" }
        return trigrams.map(quoted).joined(separator: " & ")
    }
}

private enum SQL {
    static let channelNumber = "SELECT number FROM agents WHERE id = ?"
    private static let text = "substr(text, 1, \(Message.searchedLength))"
    private static let isSearched = "text IS NOT NULL AND stream_state IS DISTINCT FROM 'streaming'"
    static let newest = """
        SELECT id, CASE WHEN \(isSearched) AND \(Wanted.filter) THEN \(text) END FROM messages
        WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?
        """
    // OFFSET keeps the planner from any other index than that of trigrams.
    static let byTrigrams = """
        SELECT id, \(text) FROM (
            SELECT id, channel_id, text FROM messages
            WHERE search_trigrams(search_number, text) @@ folded(?)::tsquery AND \(isSearched)
            OFFSET 0
        ) AS messages
        WHERE channel_id = ? AND id < ? AND contains(text, ?) AND \(Wanted.filter)
        ORDER BY id DESC LIMIT ?
        """
}
