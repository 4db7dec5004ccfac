import FoundationEssentials

/// What a user wants to hear of while the dashboard is closed.
package struct NoticeSettings: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable, Storable {
        /// A review is asked.
        case question
        /// Half of a question's time is over.
        case reminder
        /// A message of an agent with the status error or warning.
        case problem
        /// Any other message of an agent.
        case message
    }

    /// The part of the day in which nothing is told, in minutes of the day. It may go over midnight.
    package struct QuietHours: Sendable, Equatable {
        package var from: Int
        package var to: Int
        /// A name of the time zone database, such as `Europe/Berlin`.
        package var timeZone: String

        package init(from: Int, to: Int, timeZone: String) {
            (self.from, self.to, self.timeZone) = (from, to, timeZone)
        }
    }

    package var userID: User.ID
    package var kinds: [Kind]
    package var mutedChannels: [Agent.ID]
    package var quietHours: QuietHours?
    /// Whether notices leave out what is asked and said.
    package var hidesText: Bool

    /// What goes for a user who has chosen nothing.
    package init(of userID: User.ID) {
        self.init(userID: userID, kinds: [.question, .reminder, .problem])
    }

    package init(
        userID: User.ID,
        kinds: [Kind],
        mutedChannels: [Agent.ID] = [],
        quietHours: QuietHours? = nil,
        hidesText: Bool = false
    ) {
        self.userID = userID
        self.kinds = kinds
        self.mutedChannels = mutedChannels
        self.quietHours = quietHours
        self.hidesText = hidesText
    }
}

extension NoticeSettings: StoredRecord {
    static let columns = Columns<NoticeSettings>(
        of: "notice_settings",
        [
            ("user_id", { $0.userID }),
            ("kinds", { jsonArray(of: $0.kinds.map { Identifier<Kind>(rawValue: $0.rawValue) }) }),
            ("muted_channels", { jsonArray(of: $0.mutedChannels) }),
            ("quiet_from", { $0.quietHours?.from }),
            ("quiet_to", { $0.quietHours?.to }),
            ("time_zone", { $0.quietHours?.timeZone }),
            ("hide_text", { $0.hidesText }),
        ]
    )

    init(row: inout Row) {
        userID = row.next()
        kinds = Self.texts(row.next()).compactMap(Kind.init)
        mutedChannels = Self.texts(row.next()).map(Agent.ID.init)
        let (from, to, zone): (Int?, Int?, String?) = (row.next(), row.next(), row.next())
        if let from, let to, let zone { quietHours = QuietHours(from: from, to: to, timeZone: zone) }
        hidesText = row.next()
    }

    /// Reads what ``jsonArray(of:)`` has written.
    private static func texts(_ json: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }
}
