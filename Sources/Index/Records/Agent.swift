import GRDB

/// An agent, which is a channel, owned by one user. Encodes to the contract's Agent, which leaves the owner out.
///
/// The table has columns for webhook headers and credentials too; nothing sets them yet, so they encode as null.
package struct Agent: Sendable, Equatable, Identifiable {
    /// What the agent last said it is doing.
    package enum Status: String, Sendable, Codable, DatabaseValueConvertible {
        case active, busy, error, offline
    }

    package var id: String
    /// The owner.
    package var userId: String
    package var name: String
    package var description: String?
    package var avatarUrl: String?
    package var webhookUrl: String?
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
        webhookUrl: String? = nil,
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
        self.webhookUrl = webhookUrl
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
        case id, name, description, avatarUrl, webhookUrl, webhookHeaders, webhookAuth
        case status, statusMessage, statusSince, lastActiveAt, tag, createdAt
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(id, forKey: .id)
        try object.encode(name, forKey: .name)
        try object.encode(description, forKey: .description)
        try object.encode(avatarUrl, forKey: .avatarUrl)
        try object.encode(webhookUrl, forKey: .webhookUrl)
        try object.encodeNil(forKey: .webhookHeaders)
        try object.encodeNil(forKey: .webhookAuth)
        try object.encode(status, forKey: .status)
        try object.encode(statusMessage, forKey: .statusMessage)
        try object.encode(statusSince, forKey: .statusSince)
        try object.encode(lastActiveAt, forKey: .lastActiveAt)
        try object.encode(tag, forKey: .tag)
        try object.encode(createdAt, forKey: .createdAt)
    }
}

extension Agent: FetchableRecord {
    static let columns = """
        id, user_id, name, description, avatar_url, webhook_url, \
        status, status_message, status_since, last_active_at, tag, created_at
        """

    package init(row: Row) {
        id = row[0]
        userId = row[1]
        name = row[2]
        description = row[3]
        avatarUrl = row[4]
        webhookUrl = row[5]
        status = row[6]
        statusMessage = row[7]
        statusSince = row[8]
        lastActiveAt = row[9]
        tag = row[10]
        createdAt = row[11]
    }
}
