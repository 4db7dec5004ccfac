import Foundation
import HTTPTypes
import Index
import JSON

extension JSONFields {
    /// The prefix that Standard Webhooks gives to shared secrets.
    private static let secretPrefix = "whsec_"

    /// Where a channel's events go. Headers, credentials and secret belong to the URL: left out, they are removed.
    package mutating func webhook() -> Webhook {
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
            let length = "\(Limits.webhookSecret.lowerBound) to \(Limits.webhookSecret.upperBound)"
            report("secret", code: "invalid_string", "must be whsec_ and \(length) bytes in Base64")
        }
        return Webhook(url: url, headers: headers, auth: auth, secret: secret)
    }

    /// Whether the text is the prefix and a key in Base64, of a length that Standard Webhooks allows.
    private static func isSecret(_ text: String) -> Bool {
        guard text.hasPrefix(secretPrefix), let key = Data(base64Encoded: String(text.dropFirst(secretPrefix.count)))
        else { return false }
        return Limits.webhookSecret.contains(key.count)
    }
}
