import FoundationEssentials
import HTTPTypes
import Index
import JSON

extension JSONFields {
    /// The prefix that Standard Webhooks gives to shared secrets.
    private static let secretPrefix = "whsec_"

    /// Where a channel's events go. Headers, credentials and secret belong to the URL: left out, they are removed, and
    /// `***` stands for what is stored; see ``Webhook/unmasked(by:)``.
    package mutating func webhook() -> Webhook {
        let url = webhookURL("url")
        let headers = optionalWebhookHeaders("headers")
        let auth = optionalWebhookAuth("auth")
        let secret = optionalString("secret")
        if let secret, secret != Masked.text, !Self.isSecret(secret) {
            let length = "\(Limits.webhookSecret.lowerBound) to \(Limits.webhookSecret.upperBound)"
            report("secret", code: "invalid_string", "must be whsec_ and \(length) bytes in Base64")
        }
        return Webhook(url: url, headers: headers, auth: auth, secret: secret)
    }

    /// The URL of a webhook, which must be there.
    package mutating func webhookURL(_ name: String) -> String {
        guard has(name) else {
            report(name, code: "required", "is required")
            return ""
        }
        return checkedWebhookURL(name, optionalString(name, length: Self.urlLength)) ?? ""
    }

    /// The URL of a webhook, of a channel or of one message. Null is the same as leaving it out.
    package mutating func optionalWebhookURL(_ name: String) -> String? {
        checkedWebhookURL(name, optionalString(name, length: Self.urlLength, nullable: true))
    }

    private mutating func checkedWebhookURL(_ name: String, _ text: String?) -> String? {
        do {
            _ = try text.map { text throws(WebhookTarget.Problem) in try WebhookTarget(text) }
        } catch {
            report(name, code: "invalid_string", error.sentence)
        }
        return text
    }

    /// The headers that a webhook's requests carry, by their names.
    ///
    /// - Parameter nullable: whether null is the same as leaving them out.
    mutating func optionalWebhookHeaders(_ name: String, nullable: Bool = false) -> [String: String]? {
        let headers = optionalStringMap(name, count: Limits.webhookHeaders, nullable: nullable)
        for (header, value) in headers ?? [:] where HTTPField.Name(header) == nil || !HTTPField.isValidValue(value) {
            report(name, code: "invalid_string", "has the name or value of no HTTP header: \(header)")
        }
        if let excess = headers?.excessOfHeaders { report(name, code: "too_big", excess) }
        return headers
    }

    /// Credentials of a webhook (RFC 7617).
    ///
    /// - Parameter nullable: whether null is the same as leaving them out.
    mutating func optionalWebhookAuth(_ name: String, nullable: Bool = false) -> Webhook.Auth? {
        let auth = optionalFields(name, nullable: nullable) {
            Webhook.Auth(
                username: $0.string("username", length: Limits.webhookCredential),
                password: $0.string("password", length: Limits.webhookCredential)
            )
        }
        if let auth, auth.username.contains(":") {
            report(name, code: "invalid_string", "must have a username without a colon")
        }
        return auth
    }

    /// Whether the text is the prefix and a key in Base64, of a length that Standard Webhooks allows.
    private static func isSecret(_ text: String) -> Bool {
        guard text.hasPrefix(secretPrefix), let key = Data(base64Encoded: String(text.dropFirst(secretPrefix.count)))
        else { return false }
        return Limits.webhookSecret.contains(key.count)
    }
}

extension [String: String] {
    /// What is wrong when the headers of a webhook are too long together; nil when they are not.
    var excessOfHeaders: String? {
        let count = reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard count > Limits.webhookHeaderBytes else { return nil }
        return "must have at most \(Limits.webhookHeaderBytes) bytes of names and values together"
    }
}

extension Webhook {
    /// This webhook in the place of `old`. A secret that it changes signs beside the new one for
    /// ``Limits/webhookSecretOverlap``, so that the receiver can change over without losing an event. But never for
    /// another origin: what is signed there could be sent on to the old receiver.
    package func replacing(_ old: Webhook?, now: Timestamp) -> Webhook {
        guard let old, let secret, let oldSecret = old.secret,
            let origin = try? WebhookTarget(url).origin, let oldOrigin = try? WebhookTarget(old.url).origin,
            origin == oldOrigin
        else { return self }
        var new = self
        new.oldSecret =
            secret == oldSecret ? old.oldSecret : OldSecret(oldSecret, until: now + Limits.webhookSecretOverlap)
        return new
    }
}
