/// Passes changes of texts on to the full-text index, some with each group commit.
///
/// Triggers note the changes in `search_changes`. They are applied in the order of their numbers, because FTS5 flushes
/// its memory whenever a number is smaller than the one before.
enum SearchChanges {
    /// About how many characters a group commit indexes. What is left waits for the groups that follow, so that others
    /// who write never wait for more than this.
    private static let charactersPerCommit = 2 * Message.searchedLength

    /// - Returns: whether changes are left.
    static func apply(in tx: Transaction) throws -> Bool {
        // PostgreSQL's index of trigrams is kept by itself.
        if tx.isPostgreSQL { return false }
        var (last, characters): (Int64?, Int) = (nil, 0)
        var isMore = false
        try tx.connection.rows(SQL.waiting, []) { row in
            isMore = characters >= charactersPerCommit
            guard !isMore else { return false }
            var row = row
            last = row.next()
            characters += row.next() as Int
            return true
        }
        guard let last else { return false }
        try tx.execute(SQL.remove, [last])
        try tx.execute(SQL.add, [last])
        try tx.execute("DELETE FROM search_changes WHERE number <= ?", [last])
        return isMore
    }
}

private enum SQL {
    static let waiting = """
        SELECT number, ifnull(length(indexed_text), 0) + ifnull(
            (SELECT length(text) FROM searched_texts WHERE search_number = number), 0
        )
        FROM search_changes ORDER BY number
        """
    static let remove = """
        INSERT INTO message_search (message_search, rowid, text)
            SELECT 'delete', number, indexed_text FROM search_changes
            WHERE indexed_text IS NOT NULL AND number <= ? ORDER BY number
        """
    static let add = """
        INSERT INTO message_search (rowid, text)
            SELECT search_changes.number, searched_texts.text
            FROM search_changes JOIN searched_texts ON searched_texts.search_number = search_changes.number
            WHERE search_changes.number <= ? ORDER BY search_changes.number
        """
}
