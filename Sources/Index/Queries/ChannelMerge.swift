/// Reads a list that is spread over several channels as if it were one, in the order of an index.
///
/// It is a merge. SQLite keeps the rows of a recursive query in a queue that is ordered by `position`. The queue begins
/// with the channels, each at the place to start from, and whatever is taken out of it is followed by the next row of
/// its channel. So each channel and each row costs one look-up, however much the channels hold. On PostgreSQL each
/// channel costs as many look-ups as rows are wanted.
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
    static func newestFirst(_ next: String, of parts: Parts? = nil) -> Dialects { statements(next, "DESC", parts) }

    /// - Parameter next: the same, for the position above.
    static func oldestFirst(_ next: String) -> Dialects { statements(next, "ASC", nil) }

    private static func statements(_ next: String, _ order: String, _ parts: Parts?) -> Dialects {
        let (join, condition) = parts.map { (" CROSS JOIN \($0.table) ON true", " AND \($0.condition)") } ?? ("", "")
        let sqlite = """
            WITH RECURSIVE merge (channel_id, position, part, is_row) AS (
                SELECT agents.id, ?, \(parts?.column ?? "NULL"), 0 FROM agents\(join)
                WHERE \(OwnedChannels.condition)\(condition)
                UNION ALL
                SELECT channel_id, (\(next)), part, 1 FROM merge WHERE position IS NOT NULL
                ORDER BY 2 \(order)
            )
            SELECT position FROM merge WHERE is_row = 1 AND position IS NOT NULL LIMIT ?
            """
        // PostgreSQL has no such queue. Of each channel as many rows are taken as are wanted in all.
        let postgreSQL = """
            SELECT position FROM (
                SELECT agents.id AS channel_id, ? AS start, \(parts?.column ?? "NULL") AS part FROM agents\(join)
                WHERE \(OwnedChannels.condition)\(condition)
            ) AS lists CROSS JOIN LATERAL (
                WITH RECURSIVE merge (channel_id, position, part, is_row) AS (
                    SELECT lists.channel_id, lists.start, lists.part, 0
                    UNION ALL
                    SELECT channel_id, (\(next)), part, 1 FROM merge WHERE position IS NOT NULL
                )
                SELECT position FROM merge WHERE is_row = 1 AND position IS NOT NULL LIMIT ?
            ) AS rows ON true
            ORDER BY position \(order) LIMIT ?
            """
        return Dialects(sqlite: sqlite, postgreSQL: postgreSQL)
    }
}

extension Querying {
    /// The first positions, at most `limit`, that a statement of ``ChannelMerge`` finds.
    ///
    /// - Parameters:
    ///   - start: the position before the first one.
    ///   - filter: the values for the `?` of the subquery, in order.
    func merged<Position: Storable>(
        _ statements: Dialects,
        in channels: OwnedChannels,
        from start: Position,
        _ filter: Arguments = [],
        limit: Int
    ) throws -> [Position] {
        let limits: Arguments = isPostgreSQL ? [limit, limit] : [limit]
        return try all(text(of: statements), [start] + channels.arguments + filter + limits)
    }
}
