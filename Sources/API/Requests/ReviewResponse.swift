import JSON

/// An answer to a review. Whether it fits the question is checked against the review later.
package struct ReviewResponse: Sendable {
    package let response: JSONValue
    /// The response as it is stored. Written here and not in the unit, because it may have 8 MiB.
    package let responseJSON: String
    package let feedback: String?
    /// The id of each replacement, by the id of the original.
    package let modifiedFileIDs: [String: String]?
    /// The digest of what was shown to whoever answers; nil when they do not say.
    package let digest: String?

    package init(_ fields: inout JSONFields) {
        if !fields.has("response") { fields.report("response", code: "required", "is required") }
        response = fields.optionalObject("response") ?? .object([:])
        responseJSON = response.encoded()
        feedback = fields.optionalString("feedback", length: Limits.feedback)
        modifiedFileIDs = fields.optionalStringMap("modifiedFileIds", count: Limits.modifiedFiles)
        digest = fields.optionalString("digest")
        if let digest, digest.wholeMatch(of: /[0-9a-f]{64}/) == nil {
            fields.report("digest", code: "invalid_string", "must be the review's digest: 64 lower-case hex digits")
        }
    }
}
