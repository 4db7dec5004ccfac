import GRDB

/// An agent, which is a channel, owned by one user. Encodes to the contract's Agent, which leaves the owner out and masks
/// the webhook's secrets.
package struct Agent: Sendable, Equatable, Identifiable {
    /// What the agent last said it is doing.
    package enum Status: String, Sendable, Codable, CaseIterable, DatabaseValueConvertible {
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

extension Agent: Encodable {
    private enum CodingKeys: CodingKey {
        case id, name, description, avatarUrl, webhookUrl, webhookHeaders, webhookAuth, webhookSecret
        case status, statusMessage, statusSince, lastActiveAt, tag, createdAt
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(id, forKey: .id)
        try object.encode(name, forKey: .name)
        try object.encode(description, forKey: .description)
        try object.encode(avatarUrl, forKey: .avatarUrl)
        try object.encode(webhook?.url, forKey: .webhookUrl)
        try object.encode(webhook?.shownHeaders, forKey: .webhookHeaders)
        try object.encode(
            webhook?.auth.map { Webhook.Auth(username: $0.username, password: Webhook.masked) },
            forKey: .webhookAuth
        )
        try object.encode(webhook?.secret.map { _ in Webhook.masked }, forKey: .webhookSecret)
        try object.encode(status, forKey: .status)
        try object.encode(statusMessage, forKey: .statusMessage)
        try object.encode(statusSince, forKey: .statusSince)
        try object.encode(lastActiveAt, forKey: .lastActiveAt)
        try object.encode(tag, forKey: .tag)
        try object.encode(createdAt, forKey: .createdAt)
    }
}

extension Agent: FetchableRecord {
    static let columnCount = 15
    static let columns = """
        id, user_id, name, description, avatar_url, webhook_url, webhook_headers, webhook_auth, webhook_secret, \
        status, status_message, status_since, last_active_at, tag, created_at
        """

    package init(row: Row) {
        id = row[0]
        userId = row[1]
        name = row[2]
        description = row[3]
        avatarUrl = row[4]
        webhook = Webhook(row: row, from: 5)
        status = row[9]
        statusMessage = row[10]
        statusSince = row[11]
        lastActiveAt = row[12]
        tag = row[13]
        createdAt = row[14]
    }
}

/// What an agent said it was doing, and from when on.
package struct AgentStatusEntry: Sendable, Equatable, FetchableRecord, Encodable {
    package let status: Agent.Status
    package let message: String?
    package let since: Timestamp

    private enum CodingKeys: CodingKey { case status, message, since }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(status, forKey: .status)
        try object.encode(message, forKey: .message)
        try object.encode(since, forKey: .since)
    }

    package init(row: Row) {
        status = row[0]
        message = row[1]
        since = row[2]
    }
}
