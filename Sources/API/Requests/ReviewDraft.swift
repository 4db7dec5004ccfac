import Index
import JSON

/// The question in a message. Any type and any payload is accepted, because agents rely on that.
package struct ReviewDraft: Sendable {
    /// The names that lead to the payload in a message. It is kept as it is written, so that an agent can compute the
    /// digest of its question from what it has sent.
    package static let payloadPath = ["review", "payload"]

    private let type: String
    private let payload: JSONValue?
    private let payloadJSON: String?
    private let callbackJSON: String?
    private let expiresInSeconds: Int64?
    private let expiresAt: Timestamp?
    /// What is asked, while no files are known. Computed here, because the writer should not wait for it.
    package let question: QuestionDigest

    /// - Parameter text: of the message, which belongs to the question.
    package init(_ fields: inout JSONFields, text: String?) {
        type = fields.string("type", length: Limits.reviewType)
        payload = fields.optionalObject("payload")
        payloadJSON = payload.map { fields.written ?? $0.encoded() }
        question = QuestionDigest(text: text, type: type, payloadJSON: payloadJSON)
        callbackJSON = fields.optionalObject("callback", nullable: true)?.encoded()
        // Checked here and stored as it came: the members that we do not know belong to the agent.
        fields.optionalFields("callback", nullable: true) { callback in
            _ = callback.webhookURL("url")
            _ = callback.optionalChoice("method", CallbackMethod.self)
            _ = callback.optionalWebhookHeaders("headers")
        }
        expiresInSeconds = fields.optionalInteger("expiresInSeconds")
        let text = fields.optionalString("expiresAt", nullable: true)
        expiresAt = text.flatMap { Timestamp(rfc3339: $0) }
        if let expiresInSeconds, expiresInSeconds <= 0 {
            fields.report("expiresInSeconds", code: "too_small", "must be greater than 0")
        }
        if text != nil, expiresAt == nil {
            fields.report(
                "expiresAt",
                code: "invalid_string",
                "must be a date with a zone, such as 2026-11-23T22:14:01Z"
            )
        }
        if let expiresAt, expiresInSeconds == nil, expiresAt <= .now() {
            fields.report("expiresAt", code: "too_small", "must lie in the future")
        }
    }

    /// The question in the form in which it is stored with `message`, still without files.
    package func review(of message: Message, now: Timestamp) -> Review {
        Review(
            of: message,
            type: type,
            payloadJSON: payloadJSON,
            callbackJSON: callbackJSON,
            digest: question.hex(),
            expiresAt: ReviewExpiry.time(inSeconds: expiresInSeconds, at: expiresAt, now: now)
        )
    }

    /// The metadata with the plugin that a freeform payload may name. A plugin in the metadata itself takes precedence.
    func addingPlugin(to metadata: JSONValue?) -> JSONValue? {
        guard type == "freeform", case .object(let payload)? = payload, case .string? = payload["plugin"] else {
            return metadata
        }
        guard case .object(var members)? = metadata ?? .object([:]) else { return metadata }
        members["plugin"] = members["plugin"] ?? payload["plugin"]
        return .object(members)
    }
}

/// The method of the request to a review's callback; POST when none is given.
private enum CallbackMethod: String, CaseIterable {
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
}

/// When a review expires.
private enum ReviewExpiry {
    /// Seconds win over a date. Without either it is 24 h from now, and never more than 36 h.
    static func time(inSeconds seconds: Int64?, at date: Timestamp?, now: Timestamp) -> Timestamp {
        let last = now + Limits.longestExpiry
        if let seconds { return min(now + .seconds(min(seconds, Limits.longestExpiry.components.seconds)), last) }
        return min(date ?? now + Limits.usualExpiry, last)
    }
}
