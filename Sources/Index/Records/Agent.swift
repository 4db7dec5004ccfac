/// An agent, which is a channel, owned by one user.
package struct Agent: Sendable, Equatable, Identifiable {
    /// What the agent last said it is doing.
    package enum Status: String, Sendable, CaseIterable, Storable {
        case active, busy, error, offline
    }

    /// How many of its statuses are kept.
    static let maxStatuses = 1000

    package var id: String
    /// The owner.
    package var userId: String
    package var name: String
    package var description: String?
    package var avatarUrl: String?
    package var webhook: Webhook?
    package var status: Status
    package var statusMessage: String?
    package var statusSince: Timestamp?
    package var lastActiveAt: Timestamp?
    package var tag: String?
    package var createdAt: Timestamp

    /// An agent as given; offline and without details by default.
    package init(
        id: String,
        userId: String,
        name: String,
        description: String? = nil,
        avatarUrl: String? = nil,
        webhook: Webhook? = nil,
        status: Status = .offline,
        statusMessage: String? = nil,
        statusSince: Timestamp? = nil,
        lastActiveAt: Timestamp? = nil,
        tag: String? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.userId = userId
        self.name = name
        self.description = description
        self.avatarUrl = avatarUrl
        self.webhook = webhook
        self.status = status
        self.statusMessage = statusMessage
        self.statusSince = statusSince
        self.lastActiveAt = lastActiveAt
        self.tag = tag
        self.createdAt = createdAt
    }
}

extension Agent: StoredRecord {
    static let columns = Columns<Agent>(
        of: "agents",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userId }),
            ("name", { $0.name }),
            ("description", { $0.description }),
            ("avatar_url", { $0.avatarUrl }),
            ("webhook_url", { $0.webhook?.url }),
            ("webhook_headers", { $0.webhook?.headersJSON }),
            ("webhook_auth", { $0.webhook?.authJSON }),
            ("webhook_secret", { $0.webhook?.secret }),
            ("status", { $0.status }),
            ("status_message", { $0.statusMessage }),
            ("status_since", { $0.statusSince }),
            ("last_active_at", { $0.lastActiveAt }),
            ("tag", { $0.tag }),
            ("created_at", { $0.createdAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userId = row.next()
        name = row.next()
        description = row.next()
        avatarUrl = row.next()
        webhook = Webhook(row: &row)
        status = row.next()
        statusMessage = row.next()
        statusSince = row.next()
        lastActiveAt = row.next()
        tag = row.next()
        createdAt = row.next()
    }
}
