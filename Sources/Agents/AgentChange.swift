import API
import Index
import JSON

/// What a request changes about an agent; what it does not name stays.
struct AgentChange: Sendable {
    private let name: String?
    private let description: String?
    /// Nil when it stays; a nil inside takes it away.
    private let avatarURL: String??
    private let webhookURL: String??
    private let tag: String??

    /// - Parameter avatarPath: where the agent's uploaded picture is read.
    init(_ fields: inout JSONFields, avatarPath: String) {
        name = fields.optionalString("name", length: Limits.name)
        description = fields.optionalString("description", length: Limits.description)
        let avatar = fields.optionalURL("avatarUrl", orBelow: avatarPath)
        // The address of an uploaded picture, sent back as it was read, changes nothing.
        let keepsAvatar = !fields.has("avatarUrl") || avatar?.hasPrefix(avatarPath) == true
        avatarURL = keepsAvatar ? nil : .some(avatar)
        let webhook = fields.optionalURL("webhookUrl")
        webhookURL = fields.has("webhookUrl") ? .some(webhook) : nil
        let newTag = fields.optionalString("tag", length: Limits.tag, nullable: true)
        tag = fields.has("tag") ? .some(newTag) : nil
    }

    /// Another webhook URL is a new webhook: what belonged to the old one, such as its credentials, does not go there.
    func apply(to agent: inout Agent) {
        agent.name = name ?? agent.name
        agent.description = description ?? agent.description
        if let avatarURL { agent.avatarUrl = avatarURL }
        if let tag { agent.tag = tag }
        if let webhookURL, webhookURL != agent.webhook?.url { agent.webhook = webhookURL.map { Webhook(url: $0) } }
    }
}
