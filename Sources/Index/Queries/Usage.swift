/// The bytes of the files of all users, of one of them and of one channel, and the quotas set for these two. A content
/// counts once for each file that has it. Open uploads in parts count as the schema says.
package struct Usage: Sendable, Equatable {
    package let all: Int
    package let user: Int
    package let userQuota: Int?
    /// Nil without a channel, or if it is not the user's.
    package let channel: Int?
    package let channelQuota: Int?
}

extension Querying {
    /// What is used and allowed where a file of the user's would count.
    package func usage(of user: ActingUser, in channelID: Agent.ID?) throws -> Usage {
        guard let usage: Usage = try one(SQL.usage, [channelID, user.id]) else { throw IndexError.missingReference }
        return usage
    }

    /// A sentence for each count that is not what its rows say (invariant 8). Reads nearly all rows that there are.
    package func wrongCounts() throws -> [String] {
        try all(SQL.wrongCounts)
    }
}

extension Usage: RowReadable {
    init(row: inout Row) {
        all = row.next()
        user = row.next()
        userQuota = row.next()
        channel = row.next()
        channelQuota = row.next()
    }
}

private enum SQL {
    static let usage = """
        SELECT store.file_bytes + store.upload_bytes,
            users.file_bytes + coalesce((
                SELECT sum(length) FROM partial_uploads WHERE user_id = users.id AND received < length
            ), 0),
            users.quota_bytes,
            agents.file_bytes + coalesce((
                SELECT sum(length) FROM partial_uploads
                WHERE user_id = users.id AND channel_id = agents.id AND received < length
            ), 0),
            agents.quota_bytes
        FROM store CROSS JOIN users ON true
            LEFT JOIN agents ON agents.id = ? AND agents.user_id = users.id AND agents.removed_at IS NULL
        WHERE users.id = ?
        """
    static let wrongCounts = """
        SELECT 'the files of agent ' || id || ' are not as many or as large as its row says' FROM agents
        WHERE (file_count, file_bytes) <> (
            SELECT count(*), coalesce(sum(size), 0) FROM attachments WHERE channel_id = agents.id
        )
        UNION ALL
        SELECT 'the files of user ' || id || ' are not as many or as large as the row says' FROM users
        WHERE (file_count, file_bytes) <> (
            SELECT coalesce(sum(file_count), 0), coalesce(sum(file_bytes), 0) FROM agents
            WHERE user_id = users.id AND removed_at IS NULL
        )
        UNION ALL
        SELECT 'the files of all users are not as many or as large as the store says' FROM store
        WHERE (file_count, file_bytes) <> (
            SELECT coalesce(sum(file_count), 0), coalesce(sum(file_bytes), 0) FROM users
        )
        UNION ALL
        SELECT 'the open uploads are not as large as the store says' FROM store
        WHERE upload_bytes <> (
            SELECT coalesce(sum(min(length, received + 8388608)), 0) FROM partial_uploads WHERE received < length
        )
        UNION ALL
        SELECT 'the blobs are not as many or as large as the store says' FROM store
        WHERE (blob_count, blob_bytes) <> (SELECT count(*), coalesce(sum(size), 0) FROM blobs)
            OR (unused_count, unused_bytes) <> (
                SELECT count(*), coalesce(sum(size), 0) FROM unreferenced_blobs
            )
            OR (collected_count, collected_bytes) <> (
                SELECT count(*), coalesce(sum(size), 0) FROM collected_blobs
            )
            OR doomed_count <> (SELECT count(*) FROM doomed_keys)
        UNION ALL
        SELECT 'the parts of upload ' || upload_id || ' have not as many bytes as were received'
        FROM upload_parts JOIN partial_uploads ON partial_uploads.id = upload_id
        GROUP BY upload_id, received HAVING sum(size) <> received
        UNION ALL
        SELECT 'the unattached files are not as many or as large as the store says' FROM store
        WHERE (unattached_count, unattached_bytes) <> (
            SELECT count(*), coalesce(sum(size), 0) FROM attachments WHERE message_id IS NULL
        )
        UNION ALL
        SELECT 'the messages of agent ' || channel_id || ' are not as many as the index says' FROM channel_counts
        WHERE agent_messages <> (
                SELECT count(*) FROM messages WHERE channel_id = channel_counts.channel_id AND sender_type = 'agent'
            )
            OR agent_messages + user_messages <> (
                SELECT count(*) FROM messages WHERE channel_id = channel_counts.channel_id
            )
        UNION ALL
        SELECT 'the reviews of agent ' || channel_id || ' are not as many as the index says' FROM channel_counts
        WHERE (pending_reviews, completed_reviews, expired_reviews) <> (
            SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'completed'),
                count(*) FILTER (WHERE status = 'expired')
            FROM reviews WHERE channel_id = channel_counts.channel_id
        )
        UNION ALL
        SELECT 'the deliveries of agent ' || channel_id || ' are not as many as the index says' FROM channel_counts
        WHERE (pending_deliveries, delivered, failed_deliveries) <> (
            SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'delivered'),
                count(*) FILTER (WHERE state = 'failed')
            FROM deliveries WHERE channel_id = channel_counts.channel_id
        )
        UNION ALL
        SELECT 'the files of the ' || kind || ' ' || name || ' are not as many or as large as the index says' FROM (
            SELECT 'type' AS kind, mime_type AS name, 1 AS count, size FROM attachments
            UNION ALL
            SELECT 'day', date(created_at / 1000, 'unixepoch'), 1, size FROM attachments
            UNION ALL
            SELECT kind, name, -file_count, -file_bytes FROM file_counts
        ) AS files
        GROUP BY kind, name HAVING sum(count) <> 0 OR sum(size) <> 0
        UNION ALL
        SELECT 'the entries of the audit log are not as many as the store says' FROM store
        WHERE audit_count <> (SELECT count(*) FROM audit)
        UNION ALL
        SELECT 'the entries of ' || holder || ' in the audit log are not as many as the index says' FROM (
            SELECT \(AuditEntry.holder) AS holder, 1 AS count FROM audit
            UNION ALL
            SELECT holder, -entry_count FROM audit_counts
        ) AS entries
        GROUP BY holder HAVING sum(count) <> 0
        """
}
