import Index
import JSON

/// The review in a message (`Review` in docs/api.md). Members of the answer are left out until there is one.
package struct ReviewJSON: JSONWritable {
    let type: String
    let payload: JSONText
    let status: Review.Status
    let expiresAt: Timestamp
    let digest: String
    let response: JSONText?
    let completedAt: Timestamp?
    let respondedBy: ResponderJSON?
    let feedback: String?
    let modifiedFileIds: JSONText?
    var callback: JSONText?

    /// Shows a review with its status at this moment: one past its time is expired, even before the sweep has noted
    /// that.
    ///
    /// - Parameter isRedacted: whether to hide the values of fields declared `password`.
    init(_ review: Review, isRedacted: Bool) {
        type = review.type
        status = review.status(at: .now())
        expiresAt = review.expiresAt
        digest = review.digest
        completedAt = review.completedAt
        respondedBy = ResponderJSON(review)
        feedback = review.feedback
        modifiedFileIds = review.modifiedFileIDsJSON.map(JSONText.init)
        callback = review.callbackJSON.map(JSONText.init)
        payload = review.payloadJSON.map(JSONText.init) ?? .emptyObject
        response = isRedacted ? Self.redacted(review) : review.responseJSON.map(JSONText.init)
    }

    /// The answer without what was typed into fields declared `password`; an empty one when the form cannot be read, and
    /// with it not which fields those are.
    private static func redacted(_ review: Review) -> JSONText? {
        guard let responseJSON = review.responseJSON else { return nil }
        guard review.type == "form", let payloadJSON = review.payloadJSON else { return JSONText(responseJSON) }
        guard let form = try? JSONValue(text: payloadJSON), var response = try? JSONValue(text: responseJSON) else {
            return .emptyObject
        }
        let passwords = (form["fields"]?.elements ?? []).filter { $0["type"] == .string("password") }
        // By String: a name in the other Unicode form counts too. Rather one too many is hidden.
        let names = Set(passwords.compactMap { $0["name"]?.text })
        let hidden = response.members.keys.filter { names.contains($0) }
        if hidden.isEmpty { return JSONText(responseJSON) }
        for name in hidden { response[name] = .string(Masked.typed) }
        return JSONText(response)
    }
}

extension ReviewJSON {
    package func write(to writer: inout JSONWriter) throws {
        try writer.object {
            if let callback { $0.member("callback", callback) }
            if let completedAt { $0.member("completedAt", completedAt) }
            $0.member("digest", digest)
            $0.member("expiresAt", expiresAt)
            if let feedback { $0.member("feedback", feedback) }
            if let modifiedFileIds { $0.member("modifiedFileIds", modifiedFileIds) }
            $0.member("payload", payload)
            if let respondedBy { try $0.member("respondedBy", respondedBy) }
            if let response { $0.member("response", response) }
            $0.member("status", status)
            $0.member("type", type)
        }
    }
}

/// Who answered a review, when and how.
struct ResponderJSON: JSONWritable {
    let userId: User.ID?
    let name: String
    let at: Timestamp
    let via: Responder.Way

    /// Nil while there is no answer.
    init?(_ review: Review) {
        guard let responder = review.respondedBy, let completedAt = review.completedAt else { return nil }
        userId = responder.userID
        name = responder.name
        at = completedAt
        via = responder.via
    }

    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("at", at)
            $0.member("name", name)
            $0.member("userId", userId)
            $0.member("via", via)
        }
    }
}

extension JSONText {
    fileprivate static let emptyObject = JSONText("{}")
}
