import API
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

extension AgentsModule {
    @Sendable
    func setWebhook(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, webhook) = try await request.read(context) { fields in
            (
                fields.string("channelId", length: Limits.id),
                fields.webhook()
            )
        }
        return try .json(try await change(channelID, of: context.userID) { $0.webhook = webhook })
    }

    @Sendable
    func deleteWebhook(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channelID = try await request.read(context) { $0.string("channelId", length: Limits.id) }
        return try .json(try await change(channelID, of: context.userID) { $0.webhook = nil })
    }

    /// The same as ``setWebhook(_:_:)``, for people.
    @Sendable
    func replaceWebhook(_ request: Request, _ context: HumanContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let webhook = try await request.read(context) { $0.webhook() }
        return try .json(try await change(id, of: context.userID) { $0.webhook = webhook })
    }

    @Sendable
    func removeWebhook(_ request: Request, _ context: HumanContext) async throws -> Response {
        let id = try context.parameters.require("id")
        return try .json(try await change(id, of: context.userID) { $0.webhook = nil })
    }
}

extension JSONFields {
    private static let secretPrefix = "whsec_"

    /// Where a channel's events are to go; headers, credentials and secret are replaced with it, or gone when left out.
    fileprivate mutating func webhook() -> Webhook {
        let url = url("url")
        let headers = optionalStringMap("headers", count: Limits.webhookHeaders)
        let auth = optionalFields("auth") {
            Webhook.Auth(
                username: $0.string("username", length: Limits.webhookCredential),
                password: $0.string("password", length: Limits.webhookCredential)
            )
        }
        let secret = optionalString("secret")
        for (name, value) in headers ?? [:] where HTTPField.Name(name) == nil || !HTTPField.isValidValue(value) {
            report("headers", code: "invalid_string", "has the name or value of no HTTP header: \(name)")
        }
        if let auth, auth.username.contains(":") {
            report("auth", code: "invalid_string", "must have a username without a colon")
        }
        if let secret, !Self.isSecret(secret) {
            report(
                "secret",
                code: "invalid_string",
                "must be whsec_ and \(Limits.webhookSecret.lowerBound) to \(Limits.webhookSecret.upperBound) bytes in Base64"
            )
        }
        return Webhook(url: url, headers: headers, auth: auth, secret: secret)
    }

    private static func isSecret(_ text: String) -> Bool {
        guard text.hasPrefix(secretPrefix), let key = Data(base64Encoded: String(text.dropFirst(secretPrefix.count)))
        else { return false }
        return Limits.webhookSecret.contains(key.count)
    }
}
