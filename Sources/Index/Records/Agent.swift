/// An agent, which is also a channel. One user owns it.
package struct Agent: Sendable, Equatable, Identifiable {
    /// What the agent last said about itself.
    package enum Status: String, Sendable, CaseIterable, Storable {
        case active, busy, error, offline
    }

    /// How many of an agent's statuses are kept.
    static let maxStatuses = 1000

    package var id: Identifier<Agent>
    /// The user who owns it.
    package var userID: User.ID
    package var name: String
    package var description: String?
    package var avatarURL: String?
    package var webhook: Webhook?
    package var status: Status
    package var statusMessage: String?
    package var statusSince: Timestamp?
    package var lastActiveAt: Timestamp?
    package var tag: String?
    /// How many bytes of files the channel may have; nil for what is configured.
    package var quotaBytes: Int?
    /// How many days the channel keeps its messages; nil for good.
    package var retentionDays: Int?
    package var createdAt: Timestamp

    /// Offline and without details by default.
    package init(
        id: Identifier<Agent>,
        userID: User.ID,
        name: String,
        description: String? = nil,
        avatarURL: String? = nil,
        webhook: Webhook? = nil,
        status: Status = .offline,
        statusMessage: String? = nil,
        statusSince: Timestamp? = nil,
        lastActiveAt: Timestamp? = nil,
        tag: String? = nil,
        quotaBytes: Int? = nil,
        retentionDays: Int? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.name = name
        self.description = description
        self.avatarURL = avatarURL
        self.webhook = webhook
        self.status = status
        self.statusMessage = statusMessage
        self.statusSince = statusSince
        self.lastActiveAt = lastActiveAt
        self.tag = tag
        self.quotaBytes = quotaBytes
        self.retentionDays = retentionDays
        self.createdAt = createdAt
    }
}

extension Agent: StoredRecord {
    static let columns = Columns<Agent>(
        of: "agents",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userID }),
            ("name", { $0.name }),
            ("description", { $0.description }),
            ("avatar_url", { $0.avatarURL }),
            ("webhook_url", { $0.webhook?.url }),
            ("webhook_headers", { $0.webhook?.headersJSON }),
            ("webhook_auth", { $0.webhook?.authJSON }),
            ("webhook_secret", { $0.webhook?.secret }),
            ("webhook_old_secret", { $0.webhook?.oldSecret?.text }),
            ("webhook_old_secret_until", { $0.webhook?.oldSecret?.end }),
            ("status", { $0.status }),
            ("status_message", { $0.statusMessage }),
            ("status_since", { $0.statusSince }),
            ("last_active_at", { $0.lastActiveAt }),
            ("tag", { $0.tag }),
            ("quota_bytes", { $0.quotaBytes }),
            ("retention_days", { $0.retentionDays }),
            ("created_at", { $0.createdAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userID = row.next()
        name = row.next()
        description = row.next()
        avatarURL = row.next()
        webhook = Webhook(row: &row)
        status = row.next()
        statusMessage = row.next()
        statusSince = row.next()
        lastActiveAt = row.next()
        tag = row.next()
        quotaBytes = row.next()
        retentionDays = row.next()
        createdAt = row.next()
    }
}
