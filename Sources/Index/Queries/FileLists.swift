import FoundationEssentials

extension Querying {
    /// The files in channels, newest first by id. Only a search reads more than it returns: the names of all files of
    /// the channels, or of those of the type, until the page is full.
    ///
    /// - Parameters:
    ///   - typePrefix: only files whose type begins with this, in lower case; nil for all.
    ///   - search: only files with this in their name, see `SearchTerm`; nil and empty mean all.
    ///   - since: only files stored at this time or later, by their ids; nil for all.
    ///   - until: only files stored before this time, by their ids; nil for all.
    ///   - before: the id of the last row on the page before, which may be deleted by now; nil starts with the newest.
    package func files(
        in channels: OwnedChannels,
        typePrefix: String? = nil,
        search: String? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        before: Attachment.ID? = nil,
        limit: Int
    ) throws -> [ListedFile] {
        // Names are kept composed (NFC), and some systems write them decomposed.
        let term = SearchTerm(search?.composed)
        if term?.findsNothing == true { return [] }
        if term != nil || typePrefix != nil { try ReadLimit.refuseSearch() }
        let first = since.map(Attachment.ID.earliest) ?? .beforeAll
        let filter: Arguments = [term?.text ?? "", first]
        let ends = [before, until.map(Attachment.ID.earliest)].compactMap { $0 }
        let start = ends.min { $0.rawValue < $1.rawValue } ?? .afterAll
        let most = ReadLimit.bytes / PageWeight.ofRow
        let count = min(limit, most + 1)
        let files: [ListedFile]
        if let id = channels.only, typePrefix == nil {
            files = try all(SQL.ofChannel, [id, start] + filter + [count])
        } else {
            let (sql, type): (Dialects, Arguments) = typePrefix.map { (SQL.mergeOfTypes, [$0, $0]) } ?? (SQL.merge, [])
            let ids: [Attachment.ID] = try merged(sql, in: channels, from: start, type + filter, limit: count)
            files = try all(SQL.byIDs, [jsonArray(of: ids)])
        }
        guard files.count <= most else { throw IndexError.tooLarge }
        return files
    }
}

extension Identifier<Attachment> {
    /// Comes before those of all files that are stored from then on.
    fileprivate static func earliest(at time: Timestamp) -> Self { Self(rawValue: OrderedUUID.earliest(at: time)) }
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
    private static let isWanted = "contains(filename, ?) AND attachments.id >= ?"
    private static let listed = """
        SELECT \(Attachment.columns), messages.created_at
        FROM attachments LEFT JOIN messages ON messages.id = attachments.message_id
        """
    static let ofChannel = """
        \(listed)
        WHERE attachments.channel_id = ? AND attachments.id < ? AND \(isWanted)
        ORDER BY attachments.id DESC LIMIT ?
        """
    static let merge = ChannelMerge.newestFirst(next("channel_id = merge.channel_id"))
    static let mergeOfTypes = ChannelMerge.newestFirst(
        next("channel_id = merge.channel_id AND mime_type = merge.part"),
        of: ChannelMerge.Parts(
            table: "file_counts",
            column: "file_counts.name",
            condition: "file_counts.kind = 'type' AND substr(file_counts.name, 1, length(?)) = ?"
        )
    )
    private static func next(_ place: String) -> String {
        """
        SELECT id FROM attachments WHERE \(place) AND id < merge.position AND \(isWanted) ORDER BY id DESC LIMIT 1
        """
    }
    static let byIDs = """
        \(listed)
        WHERE attachments.id IN (SELECT value FROM json_each(?)) ORDER BY attachments.id DESC
        """
}
