import JSON

/// An answer to a review. Whether it fits the question is checked against the review later.
package struct ReviewResponse: Sendable {
    package let response: JSONValue
    package let feedback: String?
    /// The id of each replacement, by the id of the original.
    package let modifiedFileIDs: [String: String]?

    package init(_ fields: inout JSONFields) {
        if !fields.has("response") { fields.report("response", code: "required", "is required") }
        response = fields.optionalObject("response") ?? .object([:])
        feedback = fields.optionalString("feedback", length: Limits.feedback)
        modifiedFileIDs = fields.optionalStringMap("modifiedFileIds", count: Limits.modifiedFiles)
    }
}
