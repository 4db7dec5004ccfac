/// Passes a group's changes of texts to the full-text index, in the group's transaction.
///
/// Triggers note the changes in `search_changes`, which is empty again at every commit. They are applied in the order
/// of their numbers, because FTS5 flushes its memory whenever a number is smaller than the one before.
enum SearchChanges {
    static func apply(in tx: Transaction) throws {
        guard try tx.exists(SQL.anything) else { return }
        try tx.execute(SQL.remove)
        try tx.execute(SQL.add)
        try tx.execute("DELETE FROM search_changes")
    }
}

private enum SQL {
    static let anything = "SELECT 1 FROM search_changes LIMIT 1"
    static let remove = """
        INSERT INTO message_search (message_search, rowid, text)
            SELECT 'delete', number, indexed_text FROM search_changes WHERE indexed_text IS NOT NULL ORDER BY number
        """
    static let add = """
        INSERT INTO message_search (rowid, text)
            SELECT search_changes.number, messages.text
            FROM search_changes JOIN messages ON messages.search_number = search_changes.number
            WHERE messages.text IS NOT NULL ORDER BY search_changes.number
        """
}
