import Index
import JSON

/// The review inside a message (`Review` in docs/api.md); what is there only after an answer is left out before.
package struct ReviewJSON: Encodable, Sendable {
    let type: String
    let payload: StoredJSON
    let status: Review.Status
    let expiresAt: Timestamp
    let response: StoredJSON?
    let completedAt: Timestamp?
    let feedback: String?
    let modifiedFileIds: StoredJSON?
    let callback: StoredJSON?

    /// A review as it stands now.
    ///
    /// - Parameter isRedacted: whether values of fields declared `password` are hidden.
    init(_ review: Review, isRedacted: Bool) {
        type = review.type
        status = review.status(at: .now())
        expiresAt = review.expiresAt
        completedAt = review.completedAt
        feedback = review.feedback
        modifiedFileIds = review.modifiedFileIDsJSON.map(StoredJSON.text)
        callback = review.callbackJSON.map(StoredJSON.text)
        if isRedacted, let (form, redacted) = Self.redacted(review) {
            (payload, response) = (.value(form), .value(redacted))
        } else {
            payload = review.payloadJSON.map(StoredJSON.text) ?? .value(.object([:]))
            response = review.responseJSON.map(StoredJSON.text)
        }
    }

    /// The form, and the answer to it without passwords; nil for what is no answered form. Text that cannot be read is
    /// none either: it cannot be sent.
    private static func redacted(_ review: Review) -> (form: JSONValue, response: JSONValue)? {
        guard review.type == "form", let responseJSON = review.responseJSON, let payloadJSON = review.payloadJSON,
            let form = try? JSONValue(text: payloadJSON), var response = try? JSONValue(text: responseJSON)
        else { return nil }
        for field in form["fields"]?.elements ?? [] where field["type"] == .string("password") {
            if let name = field["name"]?.text, response[name] != nil { response[name] = .string(Masked.typed) }
        }
        return (form, response)
    }
}
