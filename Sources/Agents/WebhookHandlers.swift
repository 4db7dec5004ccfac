import Foundation
import HTTPTypes
import Hummingbird
import Index
import Routing

extension AgentsModule {
    private static let maxHeaders = 50
    private static let secretPrefix = "whsec_"
    /// Of the signing key, in bytes (Standard Webhooks, "Signature scheme").
    private static let secretLength = 24...64

    /// Sets where the channel's events go; headers, credentials and secret are replaced too, or gone when left out.
    @Sendable
    func setWebhook(_ request: Request, _ context: AgentContext) async throws -> Response {
        var fields = try await request.jsonFields(on: context.connection)
        let channelID = fields.string("channelId", length: 1...500)
        let url = fields.url("url")
        let headers = fields.optionalStringMap("headers", count: 0...Self.maxHeaders)
        let auth = fields.optionalFields("auth") {
            Webhook.Auth(
                username: $0.string("username", length: 0...1024),
                password: $0.string("password", length: 0...1024)
            )
        }
        let secret = fields.optionalString("secret")
        for (name, value) in headers ?? [:] where HTTPField.Name(name) == nil || !HTTPField.isValidValue(value) {
            fields.report("headers", code: "invalid_string", "has the name or value of no HTTP header: \(name)")
        }
        if let auth, auth.username.contains(":") {
            fields.report("auth", code: "invalid_string", "must have a username without a colon")
        }
        if let secret, !Self.isSecret(secret) {
            fields.report("secret", code: "invalid_string", "must be whsec_ and 24 to 64 bytes in Base64")
        }
        try fields.check()
        let webhook = Webhook(url: url, headers: headers, auth: auth, secret: secret)
        return try .json(try await change(channelID, of: context.principal) { $0.webhook = webhook })
    }

    @Sendable
    func deleteWebhook(_ request: Request, _ context: AgentContext) async throws -> Response {
        var fields = try await request.jsonFields(on: context.connection)
        let channelID = fields.string("channelId", length: 1...500)
        try fields.check()
        return try .json(try await change(channelID, of: context.principal) { $0.webhook = nil })
    }

    private static func isSecret(_ text: String) -> Bool {
        guard text.hasPrefix(secretPrefix), let key = Data(base64Encoded: String(text.dropFirst(secretPrefix.count)))
        else { return false }
        return secretLength.contains(key.count)
    }
}
