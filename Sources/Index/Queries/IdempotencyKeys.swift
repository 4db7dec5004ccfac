/// A sender's name for an upload, and what was sent.
package struct IdempotencyKey: Sendable, Equatable {
    /// How long a key is kept after its upload.
    package static let lifetime = Duration.seconds(24 * 60 * 60)

    /// Unique among the uploads of a sender in a channel.
    package let name: String
    package let senderType: Message.SenderType
    /// What the upload consisted of. Another request under the same name is no repeat.
    package let request: String

    package init(name: String, senderType: Message.SenderType, request: String) {
        self.name = name
        self.senderType = senderType
        self.request = request
    }
}

/// What an idempotency key was used for.
package struct UsedKey: Sendable, RowReadable {
    package let request: String
    /// Nil when the file has been deleted since.
    package let attachmentID: Attachment.ID?

    init(row: inout Row) {
        request = row.next()
        attachmentID = row.next()
    }
}

extension Querying {
    /// When the next key ends; a time in the past if the sweep is late.
    package func nextKeyExpiry() throws -> Timestamp? {
        try one("SELECT min(expires_at) FROM idempotency_keys")
    }
}

extension Querying {
    /// The bytes of the largest file that was stored under a key of that name in any channel of the user, by whomever;
    /// nil when there is none, or it has been deleted.
    package func largestUpload(under name: String, of user: ActingUser) throws -> Int? {
        try one(SQL.largestOfUser, [user.id, name])
    }
}

extension Transaction {
    /// What the sender used this key for in the channel; nil when it is new, or its time is up.
    package func use(of key: IdempotencyKey, in channel: OwnedChannel) throws -> UsedKey? {
        try one(SQL.use, [channel.id, key.senderType, key.name, now])
    }

    /// Notes under which key a file was stored.
    ///
    /// - Throws: ``IndexError/duplicate`` when the key is in use.
    package func note(
        _ key: IdempotencyKey,
        for attachmentID: Attachment.ID,
        in channel: OwnedChannel
    ) throws {
        let expiry = now + IdempotencyKey.lifetime
        let values: Arguments = [channel.id, key.senderType, key.name, key.request, attachmentID, expiry, now]
        guard try execute(SQL.insertOrReplaceExpired, values) > 0 else { throw IndexError.duplicate }
    }

    /// Forgets keys whose time is up, at most `limit`.
    package func removeExpiredKeys(limit: Int) throws {
        try execute(SQL.removeExpired, [now, limit])
    }
}

private enum SQL {
    static let use = """
        SELECT request, attachment_id FROM idempotency_keys
        WHERE channel_id = ? AND sender_type = ? AND key = ? AND expires_at > ?
        """
    static let largestOfUser = """
        SELECT max(size) FROM agents CROSS JOIN idempotency_keys ON idempotency_keys.channel_id = agents.id
            CROSS JOIN attachments ON attachments.id = attachment_id
        WHERE user_id = ? AND sender_type IN ('agent', 'user') AND key = ?
        """
    static let insertOrReplaceExpired = """
        INSERT INTO idempotency_keys (channel_id, sender_type, key, request, attachment_id, expires_at)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (channel_id, sender_type, key) DO UPDATE SET (request, attachment_id, expires_at) =
            (excluded.request, excluded.attachment_id, excluded.expires_at)
        WHERE idempotency_keys.expires_at <= ?
        """
    static let removeExpired = """
        DELETE FROM idempotency_keys WHERE (channel_id, sender_type, key) IN (
            SELECT channel_id, sender_type, key FROM idempotency_keys
            WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
        )
        """
}
