// How notices are taken from the outbox: what is due, what is put off, and what became of it.

extension Transaction {
    /// Claims what a way is to tell at `now`, for the time of `lease`. Nil when it is nothing, or was put off.
    ///
    /// What has come to an end is told at once. Everything else waits for the end of the quiet hours, or of a burst,
    /// and is then told together.
    ///
    /// - Parameter quietUntil: the end of the user's quiet hours, when `now` lies in them.
    package func claimNotice(
        by wayID: NoticeWay.ID,
        at now: Timestamp,
        quietUntil: Timestamp?,
        lease: Duration
    ) throws -> ClaimedNotice? {
        let way: NoticeWay? = try one(SQL.way, [wayID])
        guard let way, let first: Notice = try one(SQL.first, [wayID, now]) else { return nil }
        let lease = now + lease
        if first.kind == .settled {
            try execute(SQL.claimOne, [lease, first.told, wayID, first.messageID])
            let digest = first.told == .digest ? try toldTogether(by: wayID) : nil
            return ClaimedNotice(way: way, notice: first, digest: digest, lease: lease)
        }
        if let quietUntil { return try hold(wayID, at: now, until: quietUntil) }
        let held: ClaimedNotice.Digest? = first.isHeld ? try one(SQL.held, [wayID, now]) : nil
        if let held, held.questions + held.others > 1 {
            try execute(SQL.claimHeld, [lease, wayID, now])
            return ClaimedNotice(way: way, notice: first, digest: held, lease: lease)
        }
        if first.attempts == 0, let end = try endOfBurst(of: wayID, at: now) {
            return try hold(wayID, at: now, until: end)
        }
        try execute(SQL.claimOne, [lease, Notice.Form.alone, wayID, first.messageID])
        return ClaimedNotice(way: way, notice: first, digest: nil, lease: lease)
    }

    /// Counts one more notice of this burst. When it has had enough of them, its end.
    private func endOfBurst(of wayID: NoticeWay.ID, at now: Timestamp) throws -> Timestamp? {
        if try execute(SQL.count, [now, now + (.zero - NoticeBurst.time), wayID, NoticeBurst.most]) > 0 {
            return nil
        }
        let began: Timestamp? = try one("SELECT burst_began_at FROM notice_ways WHERE id = ?", [wayID])
        return began.map { $0 + NoticeBurst.time }
    }

    private func hold(_ wayID: NoticeWay.ID, at now: Timestamp, until end: Timestamp) throws -> ClaimedNotice? {
        try execute(SQL.hold, [end, wayID, now])
        return nil
    }

    /// What a digest would say now of the questions that were told in one.
    private func toldTogether(by wayID: NoticeWay.ID) throws -> ClaimedNotice.Digest {
        ClaimedNotice.Digest(questions: try one(SQL.toldTogether, [wayID]) ?? 0, others: 0)
    }

    /// Notes that a claimed notice was taken. A question stays until it is settled, and is told once more at half of
    /// its time if the user wants that.
    package func noticeSucceeded(_ claim: ClaimedNotice, at now: Timestamp, reminds: Bool) throws {
        try execute("UPDATE notice_ways SET last_used_at = ? WHERE id = ?", [now, claim.way.id])
        if claim.notice.kind == .settled { return try noticeGivenUp(claim) }
        try execute(SQL.await, [reminds, now] + claim.arguments)
        try noticeGivenUp(claim)
        announcements.ring(.notices)
    }

    /// Notes that an attempt failed, and when there is another.
    package func noticeFailed(_ claim: ClaimedNotice, retryAt: Timestamp) throws {
        try execute(SQL.fail, [retryAt] + claim.arguments)
        announcements.ring(.notices)
    }

    /// Forgets a claimed notice, which has nobody to be told to or nothing to say any more.
    package func noticeGivenUp(_ claim: ClaimedNotice) throws {
        try execute("DELETE FROM notices WHERE \(ClaimedNotice.condition)", claim.arguments)
        announcements.ring(.notices)
    }

    /// Makes a claimed notice due again, as if it had not been tried.
    package func giveBack(_ claim: ClaimedNotice, at now: Timestamp) throws {
        try execute("UPDATE notices SET due_at = ? WHERE \(ClaimedNotice.condition)", [now] + claim.arguments)
        announcements.ring(.notices)
    }
}

extension ClaimedNotice {
    /// Which rows are claimed, for a WHERE clause, and the values for its `?`.
    fileprivate static let condition = "way_id = ? AND due_at = ? AND (message_id = ? OR told = 'digest' AND ? = 1)"
    fileprivate var arguments: Arguments { [way.id, lease, notice.messageID, isOfSeveral] }
}

extension ClaimedNotice.Digest: RowReadable {
    init(row: inout Row) {
        questions = row.next()
        others = row.next()
    }
}

private enum SQL {
    static let way = "SELECT \(NoticeWay.columns) FROM notice_ways WHERE id = ?"
    static let first = """
        SELECT \(Notice.columns) FROM notices WHERE way_id = ? AND due_at <= ? ORDER BY due_at, message_id LIMIT 1
        """
    static let claimOne = "UPDATE notices SET due_at = ?, told = ? WHERE way_id = ? AND message_id = ?"
    static let held = """
        SELECT count(*) FILTER (WHERE kind IN ('question', 'reminder')),
            count(*) FILTER (WHERE kind IN ('problem', 'message'))
        FROM notices WHERE way_id = ? AND due_at <= ? AND held = 1 AND kind <> 'settled'
        """
    static let claimHeld = """
        UPDATE notices SET due_at = ?, told = 'digest'
        WHERE way_id = ? AND due_at <= ? AND held = 1 AND kind <> 'settled'
        """
    static let count = """
        UPDATE notice_ways SET
            burst_count = CASE WHEN burst_began_at > ?2 AND burst_began_at <= ?1 THEN burst_count + 1 ELSE 1 END,
            burst_began_at = CASE WHEN burst_began_at > ?2 AND burst_began_at <= ?1 THEN burst_began_at ELSE ?1 END
        WHERE id = ?3 AND (burst_count < ?4 OR burst_began_at <= ?2 OR burst_began_at > ?1)
        """
    static let hold = """
        UPDATE notices SET due_at = ?, held = 1 WHERE way_id = ? AND due_at <= ? AND kind <> 'settled'
        """
    static let toldTogether = """
        SELECT count(*) FROM notices WHERE way_id = ? AND told = 'digest' AND kind <> 'settled'
        """
    static let await = """
        UPDATE notices SET kind = 'reminder', attempts = 0, held = 0, due_at =
            CASE WHEN ? = 1 AND kind = 'question' THEN (
            SELECT half_time FROM (
                SELECT \(Notice.halfTime) AS half_time
                FROM messages JOIN reviews ON reviews.message_id = messages.id
                WHERE messages.id = notices.message_id
            ) AS reminder WHERE half_time > ?
        ) END
        WHERE \(ClaimedNotice.condition) AND kind IN ('question', 'reminder')
        """
    static let fail = "UPDATE notices SET due_at = ?, attempts = attempts + 1 WHERE \(ClaimedNotice.condition)"
}
