import HTTP
import Index
import JSON

/// Changes to an agent. What the request does not name stays as it is.
package struct AgentChange: Sendable {
    private let name: String?
    private let description: String?
    // Nil leaves these as they are; `.some(nil)` removes them.
    private let avatarURL: String??
    private let tag: String??
    private let webhookURL: String??
    private let webhookHeaders: [String: String]??
    private let webhookAuth: Webhook.Auth??
    private let quotaBytes: Int??
    private let retentionDays: Int??

    /// Whether it sets a webhook, or a part of one. Taking one away is none.
    package var setsWebhook: Bool {
        (webhookURL ?? nil) != nil || (webhookHeaders ?? nil) != nil || (webhookAuth ?? nil) != nil
    }

    /// - Parameters:
    ///   - avatarPath: how the address of the agent's uploaded picture begins.
    ///   - sender: who asks. What is limited for an agent is for its user to say.
    package init(_ fields: inout JSONFields, avatarPath: String, by sender: Message.SenderType) {
        name = fields.optionalString("name", length: Limits.name)
        description = fields.optionalString("description", length: Limits.description)
        let avatar = fields.optionalURL("avatarUrl", orBelow: avatarPath)
        // A client may send back the address of an uploaded picture as it was read. That changes nothing.
        let keepsAvatar = !fields.has("avatarUrl") || avatar?.hasPrefix(avatarPath) == true
        avatarURL = keepsAvatar ? nil : .some(avatar)
        let newTag = fields.optionalString("tag", length: Limits.tag, nullable: true)
        tag = fields.has("tag") ? .some(newTag) : nil
        let url = fields.optionalWebhookURL("webhookUrl")
        webhookURL = fields.has("webhookUrl") ? .some(url) : nil
        let headers = fields.optionalWebhookHeaders("webhookHeaders", nullable: true)
        webhookHeaders = fields.has("webhookHeaders") ? .some(headers) : nil
        let auth = fields.optionalWebhookAuth("webhookAuth", nullable: true)
        webhookAuth = fields.has("webhookAuth") ? .some(auth) : nil
        quotaBytes = fields.optionalLimit("quotaBytes", in: Limits.quota)
        retentionDays = fields.optionalLimit("retentionDays", in: Limits.retentionDays)
        for name in ["quotaBytes", "retentionDays"] where sender == .agent && fields.has(name) {
            fields.report(name, code: "invalid", "is for the user to set: PATCH /api/agents/:id")
        }
    }

    /// - Throws: ``APIError`` 400 when headers or credentials have no webhook to belong to, or have `***` for a secret
    ///   that is not there.
    package func apply(to agent: inout Agent) throws(APIError) {
        agent.name = name ?? agent.name
        agent.description = description ?? agent.description
        if let avatarURL { agent.avatarURL = avatarURL }
        if let tag { agent.tag = tag }
        if let quotaBytes { agent.quotaBytes = quotaBytes }
        if let retentionDays { agent.retentionDays = retentionDays }
        // Another URL is another webhook: what belonged to the old one, such as credentials, must not be sent there.
        if let webhookURL, webhookURL != agent.webhook?.url { agent.webhook = webhookURL.map { Webhook(url: $0) } }
        try applyCredentials(to: &agent.webhook)
    }

    private func applyCredentials(to stored: inout Webhook?) throws(APIError) {
        guard var webhook = stored else {
            if case .some(.some) = webhookHeaders { throw .withoutURL("webhookHeaders") }
            if case .some(.some) = webhookAuth { throw .withoutURL("webhookAuth") }
            return
        }
        if let webhookHeaders { webhook.headers = try webhookHeaders?.unmasked("webhookHeaders", by: webhook.headers) }
        if let webhookAuth { webhook.auth = try webhookAuth?.unmasked("webhookAuth", by: webhook.auth) }
        stored = webhook
    }
}

extension APIError {
    fileprivate static func withoutURL(_ name: String) -> APIError {
        .invalid(name, "has no webhookUrl to belong to; send that too")
    }
}
