import JSON

/// Changes to an agent. What the request does not name stays as it is.
package struct AgentChange: Sendable {
    package let name: String?
    package let description: String?
    /// Nil leaves it as it is; `.some(nil)` removes it. The same for the two below.
    package let avatarURL: String??
    package let webhookURL: String??
    package let tag: String??

    /// - Parameter avatarPath: how the address of the agent's uploaded picture begins.
    package init(_ fields: inout JSONFields, avatarPath: String) {
        name = fields.optionalString("name", length: Limits.name)
        description = fields.optionalString("description", length: Limits.description)
        let avatar = fields.optionalURL("avatarUrl", orBelow: avatarPath)
        // A client may send back the address of an uploaded picture as it was read. That changes nothing.
        let keepsAvatar = !fields.has("avatarUrl") || avatar?.hasPrefix(avatarPath) == true
        avatarURL = keepsAvatar ? nil : .some(avatar)
        let webhook = fields.optionalWebhookURL("webhookUrl")
        webhookURL = fields.has("webhookUrl") ? .some(webhook) : nil
        let newTag = fields.optionalString("tag", length: Limits.tag, nullable: true)
        tag = fields.has("tag") ? .some(newTag) : nil
    }
}
