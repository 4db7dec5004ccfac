import Foundation

extension Querying {
    /// The files in the channels of a user, newest first by id.
    ///
    /// For each channel the newest matches are found through an index, and reading stops once there are `limit`. Only a
    /// filter with few matches reads on.
    ///
    /// - Parameters:
    ///   - channel: only files in this channel; nil for all.
    ///   - typePrefix: only files whose type begins with this, in lower case; nil for all.
    ///   - search: only files with this in their name, see `SearchTerm`; nil and empty mean all.
    ///   - before: the id of the last row on the page before, which may be deleted by now; nil starts with the newest.
    package func files(
        ofUser user: ActingUser,
        in channel: OwnedChannel? = nil,
        typePrefix: String? = nil,
        search: String? = nil,
        before: Attachment.ID? = nil,
        limit: Int
    ) throws -> [ListedFile] {
        // Names are kept composed (NFC), and some systems write them decomposed.
        let term = SearchTerm(search?.precomposedStringWithCanonicalMapping)
        if term?.findsNothing == true { return [] }
        let cursor = before ?? .afterAll
        return try all(
            SQL.filesOfUser,
            [
                cursor, typePrefix ?? "", typePrefix ?? "", term?.text ?? "", limit, user.id, channel?.id, channel?.id,
                limit,
            ]
        )
    }
}

/// A file in a list, with the message it is in.
package struct ListedFile: Sendable, RowReadable {
    /// The little of the message that the list shows.
    package struct Message: Sendable {
        package let channelID: Agent.ID
        package let createdAt: Timestamp
    }

    package let attachment: Attachment
    /// Nil while the file is unattached.
    package let message: Message?

    init(row: inout Row) {
        attachment = Attachment(row: &row)
        let createdAt: Timestamp? = row.next()
        message = createdAt.map { [channelID = attachment.channelID] in Message(channelID: channelID, createdAt: $0) }
    }
}

private enum SQL {
    static let filesOfUser = """
        SELECT \(Attachment.columns), messages.created_at
        FROM agents
        JOIN attachments ON attachments.id IN (
            SELECT newest.id FROM attachments AS newest
            WHERE newest.channel_id = agents.id AND newest.id < ?
                AND substr(newest.mime_type, 1, length(?)) = ? AND contains(newest.filename, ?)
            ORDER BY newest.id DESC LIMIT ?
        )
        LEFT JOIN messages ON messages.id = attachments.message_id
        WHERE agents.user_id = ? AND agents.removed_at IS NULL AND (? IS NULL OR agents.id = ?)
        ORDER BY attachments.id DESC LIMIT ?
        """
}
