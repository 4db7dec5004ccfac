/// Reads a list that is spread over several channels as if it were one, in the order of an index.
///
/// It is a merge. SQLite keeps the rows of a recursive query in a queue that is ordered by `position`. The queue begins
/// with the channels, each at the place to start from, and whatever is taken out of it is followed by the next row of
/// its channel. So each channel and each row costs one look-up, however much the channels hold.
enum ChannelMerge {
    /// What each channel is taken apart by, so that every part is a list of its own: the rows of a table that meet a
    /// condition. Its `?` come before those of the subquery.
    struct Parts {
        let table: String
        let column: String
        let condition: String
    }

    /// - Parameter next: a subquery for the position that comes next in `merge.channel_id` below `merge.position`, and
    ///   in `merge.part` if there are parts.
    static func newestFirst(_ next: String, of parts: Parts? = nil) -> String { statement(next, "DESC", parts) }

    /// - Parameter next: the same, for the position above.
    static func oldestFirst(_ next: String) -> String { statement(next, "ASC", nil) }

    private static func statement(_ next: String, _ order: String, _ parts: Parts?) -> String {
        let (join, condition) = parts.map { (" CROSS JOIN \($0.table)", " AND \($0.condition)") } ?? ("", "")
        return """
            WITH RECURSIVE merge (channel_id, position, part, is_row) AS (
                SELECT agents.id, ?, \(parts?.column ?? "NULL"), 0 FROM agents\(join)
                WHERE \(OwnedChannels.condition)\(condition)
                UNION ALL
                SELECT channel_id, (\(next)), part, 1 FROM merge WHERE position IS NOT NULL
                ORDER BY 2 \(order)
            )
            SELECT position FROM merge WHERE is_row AND position IS NOT NULL LIMIT ?
            """
    }
}

extension Querying {
    /// The first positions, at most `limit`, that a statement of ``ChannelMerge`` finds.
    ///
    /// - Parameters:
    ///   - start: the position before the first one.
    ///   - filter: the values for the `?` of the subquery, in order.
    func merged<Position: Storable>(
        _ sql: String,
        in channels: OwnedChannels,
        from start: Position,
        _ filter: Arguments = [],
        limit: Int
    ) throws -> [Position] {
        try all(sql, [start] + channels.arguments + filter + [limit])
    }
}
