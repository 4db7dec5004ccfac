/// A row of the table `feed`: a change, or bells to ring, or both.
struct FeedRow: RowReadable {
    let number: Int64
    let change: (Change, User.ID)?
    let bells: Set<Topic>

    init(row: inout Row) {
        number = row.next()
        let kind: Change.Kind? = row.next()
        let channelID: Agent.ID? = row.next()
        let messageID: Message.ID? = row.next()
        let userID: User.ID? = row.next()
        let bells: String? = row.next()
        if let kind, let channelID, let userID {
            change = (Change(kind, channelID: channelID, messageID: messageID), userID)
        } else {
            change = nil
        }
        self.bells = Set((bells ?? "").split(separator: "\n").compactMap { Topic(bell: $0) })
    }
}

/// What the commits of all nodes announce, numbered without gaps in the order of commits. Whoever adds to it holds the
/// write lock of the index until its commit.
enum FeedTable {
    /// How many rows are kept at least. A node that was away for longer makes its listeners read their state anew.
    private static let kept = 2 * ChangeLog.capacity
    /// Rows are removed once for so many that are added.
    private static let batch: Int64 = 1024

    /// Adds what the units of a group announce.
    ///
    /// - Returns: whether there was anything.
    static func add(_ announcements: Announcements, in index: Transaction) throws -> Bool {
        let bells = announcements.bells.compactMap(\.bell).joined(separator: "\n")
        var rows = announcements.changes.map { change, userID in
            [change.kind.rawValue, change.channelID.rawValue, change.messageID?.rawValue, userID.rawValue, nil]
        }
        if !bells.isEmpty {
            if rows.isEmpty { rows = [[nil, nil, nil, nil, nil]] }
            rows[0][4] = bells
        }
        guard !rows.isEmpty else { return false }
        let json = rows.map { "[" + $0.map { $0.map(jsonString) ?? "null" }.joined(separator: ",") + "]" }
        try index.execute(SQL.add, ["[" + json.joined(separator: ",") + "]"])
        return true
    }

    /// The rows after a number; of very many only the latest.
    static func rows(after number: Int64, in index: some Querying) throws -> [FeedRow] {
        try index.all(SQL.after, [number, number, ChangeLog.capacity])
    }

    /// Removes old rows now and then.
    ///
    /// - Parameter rows: those that this transaction has added, with others before them.
    static func trim(after rows: [FeedRow], in index: Transaction) throws {
        guard let first = rows.first?.number, let last = rows.last?.number else { return }
        guard (first - 1) / batch < last / batch else { return }
        try index.execute("DELETE FROM feed WHERE number <= ?", [last - Int64(kept)])
    }
}

extension Change.Kind: Storable {}

extension Topic {
    /// How a bell is written in the feed; nil for topics that only changes ring.
    fileprivate var bell: String? {
        switch self {
        case .access(let id): "access \(id)"
        case .message(let id): "message \(id)"
        case .deliveries: "deliveries"
        case .notices: "notices"
        case .everything, .channel, .user, .answers: nil
        }
    }

    fileprivate init?(bell: Substring) {
        let parts = bell.split(separator: " ", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("access", 2): self = .access(User.ID(rawValue: parts[1]))
        case ("message", 2): self = .message(Message.ID(rawValue: parts[1]))
        case ("deliveries", 1): self = .deliveries
        case ("notices", 1): self = .notices
        default: return nil
        }
    }
}

private enum SQL {
    /// Under the write lock nobody else takes these numbers, and the row with the last of them is never removed.
    static let add = """
        INSERT INTO feed (number, kind, channel_id, message_id, user_id, bells)
        SELECT (SELECT coalesce(max(number), 0) FROM feed) + ordinality,
            entry ->> 0, entry ->> 1, entry ->> 2, entry ->> 3, entry ->> 4
        FROM json_array_elements(?::json) WITH ORDINALITY AS entries (entry, ordinality)
        """
    static let after = """
        SELECT number, kind, channel_id, message_id, user_id, bells FROM feed
        WHERE number > greatest(?, (SELECT max(number) FROM feed WHERE number > ?) - ?) ORDER BY number
        """
}
