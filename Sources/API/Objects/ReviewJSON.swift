import Index
import JSON

/// The review in a message (`Review` in docs/api.md). Members of the answer are left out until there is one.
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

    /// Shows a review with its status at this moment: one past its time is expired, even before the sweep has noted
    /// that.
    ///
    /// - Parameter isRedacted: whether to hide the values of fields declared `password`.
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

    /// An answered form and its answer without passwords. Nil when the review is something else, or its text is not
    /// valid JSON.
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
