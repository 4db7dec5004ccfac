import FoundationEssentials

extension Querying {
    /// What a user wants to hear of; what goes for everybody, unless the user has chosen.
    package func noticeSettings(of userID: User.ID) throws -> NoticeSettings {
        try one(SQL.settings, [userID]) ?? NoticeSettings(of: userID)
    }

    /// Where a user hears of it, oldest first.
    package func noticeWays(of userID: User.ID) throws -> [NoticeWay] {
        try all(SQL.ways, [userID])
    }

    /// The private half of the key by which push services know this server; nil until it is made.
    package func pushKey() throws -> Data? {
        try one("SELECT push_key FROM store")
    }
}

extension Transaction {
    /// Keeps `new` as the server's key for push services, unless there is one, and returns the one that is kept.
    package func keepPushKey(_ new: Data) throws -> Data {
        let kept: Data? = try one("UPDATE store SET push_key = coalesce(push_key, ?) RETURNING push_key", [new])
        return kept ?? new
    }

    /// Sets what the acting user wants to hear of, and by what besides browsers: `single` has the topic and the mail. A
    /// way that goes takes with it what it had still to tell.
    package func setNotices(_ settings: NoticeSettings, single: [NoticeWay], of user: ActingUser) throws {
        guard settings.userID == user.id, single.allSatisfy({ $0.userID == user.id && $0.kind != .push }) else {
            throw IndexError.notOwned
        }
        let stored = try noticeWays(of: user.id).filter { $0.kind != .push }
        guard try noticeSettings(of: user.id) != settings || stored != single else { return }
        try execute(SQL.replaceSettings, settings.values)
        for way in stored where !single.contains(where: { $0.id == way.id }) { try removeNoticeWay(way.id) }
        for way in single {
            if stored.contains(where: { $0.id == way.id }) {
                try execute(SQL.change, [way.url, way.token, way.id])
            } else {
                try execute(SQL.insert, way.values)
            }
        }
        try note(.settingsChanged, Self.audited)
        announcements.ring(.notices)
    }

    /// Stores a browser's subscription as the acting user's alone. The one with that endpoint is replaced, whosever it
    /// was. Nil when the user has as many as there may be.
    package func subscribe(_ way: NoticeWay, of user: ActingUser) throws -> (way: NoticeWay, isNew: Bool)? {
        guard way.userID == user.id, way.kind == .push else { throw IndexError.notOwned }
        let old: NoticeWay? = try one(SQL.byEndpoint, [way.url])
        if let old, old.userID == user.id, old.keys == way.keys {
            try execute("UPDATE notice_ways SET session_id = ? WHERE id = ?", [way.sessionID, old.id])
            return (old, false)
        }
        let count: Int = try one(SQL.count, [user.id]) ?? 0
        guard count < NoticeWay.mostSubscriptions || old?.userID == user.id else { return nil }
        if let old { try removeNoticeWay(old.id) }
        try execute(SQL.insert, way.values)
        try note(.settingsChanged, Self.audited)
        return (way, true)
    }

    /// Forgets a browser of the acting user; false when there is no such one.
    package func unsubscribe(_ id: NoticeWay.ID, of user: ActingUser) throws -> Bool {
        guard try execute(SQL.unsubscribe, [id, user.id]) > 0 else { return false }
        try note(.settingsChanged, Self.audited)
        return true
    }

    /// Forgets a way that does not exist any more, with what it had still to tell.
    package func removeNoticeWay(_ id: NoticeWay.ID) throws {
        try execute("DELETE FROM notice_ways WHERE id = ?", [id])
        announcements.ring(.notices)
    }

    /// What the audit log calls these settings.
    private static let audited = "notifications"
}

private enum SQL {
    static let settings = "SELECT \(NoticeSettings.columns) FROM notice_settings WHERE user_id = ?"
    static let replaceSettings = """
        \(NoticeSettings.columns.insert()) ON CONFLICT (user_id) DO UPDATE SET
            (kinds, muted_channels, quiet_from, quiet_to, time_zone, hide_text) = (
                excluded.kinds, excluded.muted_channels, excluded.quiet_from, excluded.quiet_to, excluded.time_zone,
                excluded.hide_text
            )
        """
    static let ways = "SELECT \(NoticeWay.columns) FROM notice_ways WHERE user_id = ? ORDER BY id"
    static let byEndpoint = "SELECT \(NoticeWay.columns) FROM notice_ways WHERE url = ? AND kind = 'push'"
    static let count = "SELECT count(*) FROM notice_ways WHERE user_id = ? AND kind = 'push'"
    static let insert = NoticeWay.columns.insert()
    static let change = "UPDATE notice_ways SET url = ?, token = ? WHERE id = ?"
    static let unsubscribe = "DELETE FROM notice_ways WHERE id = ? AND user_id = ? AND kind = 'push'"
}
