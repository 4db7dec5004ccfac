/// Which entries of the audit log are wanted: those that have all that is given.
package struct AuditFilter: Sendable {
    package var userID: User.ID?
    package var channelID: Agent.ID?
    package var subject: String?
    package var action: AuditEntry.Action?
    /// From this moment on, and before that one.
    package var since: Timestamp?
    package var until: Timestamp?

    package init() {}
}

/// An entry, with the email of who acted, unless that user is gone.
package struct AuditRow: Sendable, RowReadable {
    package let entry: AuditEntry
    package let email: String?

    init(row: inout Row) {
        entry = AuditEntry(row: &row)
        email = row.next()
    }
}

extension Querying {
    /// Entries of the audit log, the newest first.
    ///
    /// With a subject, a channel, a user or an action it goes by the index of the first of these that is given. What
    /// else is asked, it looks up in each entry. So it does with times: the clock may be set back, and then numbers and
    /// times do not grow together.
    ///
    /// - Parameter before: the number of the last row on the page before.
    package func audit(_ filter: AuditFilter, before number: Int64?, limit: Int) throws -> [AuditRow] {
        let values: Arguments = [
            filter.subject, filter.channelID, filter.userID, filter.action, filter.since, filter.until,
            number ?? .max, limit,
        ]
        if filter.subject != nil { return try all(SQL.bySubject, values) }
        if filter.channelID != nil { return try all(SQL.byChannel, values) }
        if filter.userID != nil { return try all(SQL.byUser, values) }
        return try all(filter.action != nil ? SQL.byAction : SQL.byTime, values)
    }

    /// Who has opened or downloaded a file, the newest first.
    package func openings(
        ofFile id: Attachment.ID,
        in channel: OwnedChannel,
        before number: Int64?,
        limit: Int
    ) throws -> [AuditRow] {
        try all(SQL.openings, [id, channel.id, number ?? .max, limit])
    }

    /// When the oldest entry is to go: a time in the past, or nil while none is.
    ///
    /// Entries go when they were `age` old at the settled moment, so that a clock which is set ahead takes none; and at
    /// once when there are more than `most`.
    package func nextAuditRemoval(after age: Duration, most: Int, grace: Duration) throws -> Timestamp? {
        if try auditCount() > most { return Timestamp(milliseconds: 0) }
        guard let settled = try settledMoment(at: .now(), grace: grace),
            let oldest: Timestamp = try one("SELECT min(at) FROM audit")
        else { return nil }
        return oldest + age <= settled ? Timestamp(milliseconds: 0) : nil
    }

    fileprivate func auditCount() throws -> Int {
        try one("SELECT audit_count FROM store") ?? 0
    }
}

extension Transaction {
    /// Notes that whoever acts here did something. The note is stored with what was done, or not at all.
    func note(
        _ action: AuditEntry.Action,
        _ subject: String?,
        in channelID: Agent.ID? = nil,
        count: Int? = nil
    ) throws {
        try insert(AuditEntry(action, subject, in: channelID, count: count, by: origin, at: now))
    }

    func note<Entity>(
        _ action: AuditEntry.Action,
        _ id: Identifier<Entity>,
        in channelID: Agent.ID? = nil
    ) throws {
        try note(action, id.rawValue, in: channelID)
    }

    /// Adds to the count of what whoever acts here did to the same thing. The first time makes the entry.
    func note(_ action: AuditEntry.Action, _ subject: String, adding count: Int) throws {
        let values: Arguments = [count, subject, action, origin.way, origin.userID]
        guard try execute(SQL.addToCount, values) == 0 else { return }
        try insert(AuditEntry(action, subject, count: count, by: origin, at: now))
    }

    /// Stores an entry that was made before.
    package func insert(_ entry: AuditEntry) throws {
        try execute(SQL.insert, entry.values)
    }

    /// Removes what is to go by ``Querying/nextAuditRemoval(after:most:grace:)``, at most `limit` of each kind. When
    /// there are too many, `limit` go at once: else every new entry would cost a commit to remove one.
    package func removeAudit(after age: Duration, most: Int, grace: Duration, limit: Int) throws {
        if let settled = try settledMoment(at: now, grace: grace) {
            try execute(SQL.removeOld, [settled + (.zero - age), limit])
        }
        if try auditCount() > most { try removeSurplus(limit) }
    }

    /// Removes entries one after the other, each time the oldest of whoever has most: who fills the log pushes out
    /// what he has filled it with.
    private func removeSurplus(_ count: Int) throws {
        var left = count
        while left > 0 {
            let holders: [Holder] = try all(SQL.largestHolders)
            guard let largest = holders.first else { return }
            let lead = largest.count - (holders.dropFirst().first?.count ?? 0)
            let removed = min(left, max(lead, 1))
            try execute(SQL.removeOldest, [largest.name, removed])
            left -= removed
        }
    }
}

/// How many entries count to one.
private struct Holder: RowReadable {
    let name: String
    let count: Int

    init(row: inout Row) {
        name = row.next()
        count = row.next()
    }
}

private enum SQL {
    static let insert = AuditEntry.columns.insert()
    static let bySubject = search("audit.subject = ?1")
    static let byChannel = search("audit.channel_id = ?2")
    static let byUser = search("\(AuditEntry.holder) = ?3")
    static let byAction = search("audit.action = ?4")
    static let byTime = search("true")
    private static let rows =
        "SELECT \(AuditEntry.columns), users.email FROM audit LEFT JOIN users ON users.id = audit.user_id"
    private static func search(_ indexed: String) -> String {
        """
        \(rows)
        WHERE \(indexed) AND (CAST(?1 AS TEXT) IS NULL OR audit.subject = ?1)
            AND (CAST(?2 AS TEXT) IS NULL OR audit.channel_id = ?2)
            AND (CAST(?3 AS TEXT) IS NULL OR audit.user_id = ?3) AND (CAST(?4 AS TEXT) IS NULL OR audit.action = ?4)
            AND (CAST(?5 AS BIGINT) IS NULL OR audit.at >= ?5) AND (CAST(?6 AS BIGINT) IS NULL OR audit.at < ?6)
            AND audit.number < ?7
        ORDER BY audit.number DESC LIMIT ?8
        """
    }
    static let openings = """
        \(rows)
        WHERE audit.subject = ? AND audit.channel_id = ? AND audit.action IN ('file.opened', 'file.downloaded')
            AND audit.number < ?
        ORDER BY audit.number DESC LIMIT ?
        """
    static let addToCount = """
        UPDATE audit SET count = count + ?
        WHERE subject = ? AND action = ? AND way = ? AND user_id IS NOT DISTINCT FROM ?
        """
    static let removeOld = """
        DELETE FROM audit WHERE number IN (SELECT number FROM audit WHERE at <= ? ORDER BY at LIMIT ?)
        """
    static let largestHolders = "SELECT holder, entry_count FROM audit_counts ORDER BY entry_count DESC LIMIT 2"
    static let removeOldest = """
        DELETE FROM audit WHERE number IN (
            SELECT number FROM audit WHERE \(AuditEntry.holder) = ? ORDER BY number LIMIT ?
        )
        """
}
