import JSON

/// What a request changes about an agent; what it does not name stays.
package struct AgentChange: Sendable {
    package let name: String?
    package let description: String?
    /// Nil when it stays; a nil inside takes it away.
    package let avatarURL: String??
    package let webhookURL: String??
    package let tag: String??

    /// - Parameter avatarPath: where the agent's uploaded picture is read.
    package init(_ fields: inout JSONFields, avatarPath: String) {
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
}
