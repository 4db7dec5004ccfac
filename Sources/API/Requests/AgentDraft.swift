import Index
import JSON

/// An agent to be created. Its picture can only be uploaded once it exists, so `avatarUrl` is absolute here.
package struct AgentDraft: Sendable {
    private let name: String
    private let description: String?
    private let avatarURL: String?
    private let webhookURL: String?
    private let tag: String?

    package var setsWebhook: Bool { webhookURL != nil }

    package init(_ fields: inout JSONFields) {
        name = fields.string("name", length: Limits.name)
        description = fields.optionalString("description", length: Limits.description)
        avatarURL = fields.optionalURL("avatarUrl")
        webhookURL = fields.optionalWebhookURL("webhookUrl")
        tag = fields.optionalString("tag", length: Limits.tag, nullable: true)
    }

    /// The agent in the form in which it is stored.
    package func agent(_ id: Agent.ID, of userID: User.ID, now: Timestamp) -> Agent {
        Agent(
            id: id,
            userID: userID,
            name: name,
            description: description,
            avatarURL: avatarURL,
            webhook: webhookURL.map { Webhook(url: $0) },
            status: .active,
            tag: tag,
            createdAt: now
        )
    }
}

/// What an agent says it is doing.
package struct StatusPing: Sendable {
    package let agentID: Agent.ID
    package let status: Agent.Status
    /// Belongs to this status. A ping without one clears the last message.
    package let message: String?

    package init(_ fields: inout JSONFields) {
        agentID = fields.id("agentId")
        status = fields.choice("status", Agent.Status.self)
        message = fields.optionalString("message", length: Limits.statusMessage)
    }
}
