import Index

/// An agent (`Agent` in docs/api.md). Its owner is not named, and the webhook's secrets are masked.
package struct AgentJSON: Encodable, Sendable {
    struct Auth: Encodable, Sendable {
        let username: String
        let password: String
    }

    let id: Agent.ID
    let name: String
    @OrNull var description: String?
    @OrNull var avatarUrl: String?
    // Left out when the agent stands beside a message; null without a webhook, a quota of its own, an age limit.
    var webhookUrl: OrNull<String>?
    var webhookHeaders: OrNull<[String: String]>?
    var webhookAuth: OrNull<Auth>?
    var webhookSecret: OrNull<String>?
    var quotaBytes: OrNull<Int>?
    var retentionDays: OrNull<Int>?
    let status: Agent.Status
    @OrNull var statusMessage: String?
    @OrNull var statusSince: Timestamp?
    @OrNull var lastActiveAt: Timestamp?
    @OrNull var tag: String?
    let createdAt: Timestamp
    // Only in a user's list of agents; the last message only if there is one.
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
        quotaBytes = OrNull(wrappedValue: agent.quotaBytes)
        retentionDays = OrNull(wrappedValue: agent.retentionDays)
    }

    /// An agent in a user's list, with what is new in its channel.
    package init(_ news: AgentWithNews) {
        self.init(news.agent)
        unreadCount = news.unreadCount
        lastMessage = news.lastMessage
        lastMessageTime = news.lastMessageTime
    }

    /// Without webhook, quota and retention: for places that only name the agent.
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

    /// Masks the values of headers whose names suggest a secret.
    private static func masked(_ headers: [String: String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: headers.map { ($0, isSecret($0) ? Masked.text : $1) })
    }

    /// Guesses by parts of the name, and rather masks too much: the value of `X-Api-Key` must never be shown.
    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["authorization", "cookie", "token", "key", "secret", "signature"].contains(where: name.contains)
    }
}
