import FoundationEssentials
import JSON

/// A request that the page of a plugin wants made.
package struct FetchDraft: Sendable {
    package let target: WebhookTarget
    package let method: String
    package private(set) var headers: [String: String]
    package let body: [UInt8]

    private enum Method: String, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Reads one from a request; nil when a member does not pass, which is reported then.
    package init?(_ fields: inout JSONFields) {
        let url = fields.webhookURL("url")
        method = (fields.optionalChoice("method", Method.self) ?? .get).rawValue
        headers = fields.optionalWebhookHeaders("headers") ?? [:]
        let given = fields.optionalString("body") ?? ""
        let body = Data(base64Encoded: given)
        if body == nil { fields.report("body", code: "invalid_string", "must be Base64") }
        if let body, body.count > Limits.fetchBody {
            fields.report("body", code: "too_big", "must have at most \(Limits.fetchBody) bytes")
        }
        self.body = Array(body ?? Data())
        guard let target = try? WebhookTarget(url) else { return nil }
        self.target = target
    }

    /// The same with each mark in a header replaced by what it stands for (``PluginSettings/mark(of:)``). The URL and
    /// the body keep theirs: logs of others have URLs.
    package func replacing(_ secrets: [String: String]) -> FetchDraft {
        var draft = self
        for (key, secret) in secrets {
            draft.headers = draft.headers.mapValues { $0.replacing(PluginSettings.mark(of: key), with: secret) }
        }
        return draft
    }
}
