import Index

/// An agent (`Agent` in docs/api.md): without its owner, and with the webhook's secrets masked.
package struct AgentJSON: Encodable, Sendable {
    struct Auth: Encodable, Sendable {
        let username: String
        let password: String
    }

    let id: Agent.ID
    let name: String
    @OrNull var description: String?
    @OrNull var avatarUrl: String?
    // Left out beside a message, null without a webhook.
    var webhookUrl: OrNull<String>?
    var webhookHeaders: OrNull<[String: String]>?
    var webhookAuth: OrNull<Auth>?
    var webhookSecret: OrNull<String>?
    let status: Agent.Status
    @OrNull var statusMessage: String?
    @OrNull var statusSince: Timestamp?
    @OrNull var lastActiveAt: Timestamp?
    @OrNull var tag: String?
    let createdAt: Timestamp
    // In a user's list of agents; of the last message only when there is one.
    var unreadCount: Int?
    var lastMessage: String?
    var lastMessageTime: Timestamp?

    package init(_ agent: Agent) {
        self.init(withoutWebhook: agent)
        let webhook = agent.webhook
        webhookUrl = OrNull(wrappedValue: webhook?.url)
        webhookHeaders = OrNull(wrappedValue: webhook?.headers.map(Self.masked))
        webhookAuth = OrNull(wrappedValue: webhook?.auth.map { Auth(username: $0.username, password: Masked.text) })
        webhookSecret = OrNull(wrappedValue: webhook?.secret.map { _ in Masked.text })
    }

    /// An agent with what is new in its channel.
    package init(_ news: AgentWithNews) {
        self.init(news.agent)
        unreadCount = news.unreadCount
        lastMessage = news.lastMessage
        lastMessageTime = news.lastMessageTime
    }

    init(withoutWebhook agent: Agent) {
        id = agent.id
        name = agent.name
        description = agent.description
        avatarUrl = agent.avatarURL
        status = agent.status
        statusMessage = agent.statusMessage
        statusSince = agent.statusSince
        lastActiveAt = agent.lastActiveAt
        tag = agent.tag
        createdAt = agent.createdAt
    }

    /// The values of headers are hidden whose name says that they are secret.
    private static func masked(_ headers: [String: String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: headers.map { ($0, isSecret($0) ? Masked.text : $1) })
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["authorization", "cookie", "token", "key", "secret", "signature"].contains(where: name.contains)
    }
}
