import JSON

/// An answer to a review, as somebody gave it. Whether it answers the question, its review decides.
package struct ReviewResponse: Sendable {
    package let response: JSONValue
    package let feedback: String?
    /// The ids of replacements by the ids of the originals.
    package let modifiedFileIDs: [String: String]?

    package init(_ fields: inout JSONFields) {
        if !fields.has("response") { fields.report("response", code: "required", "is required") }
        response = fields.optionalObject("response") ?? .object([:])
        feedback = fields.optionalString("feedback", length: Limits.feedback)
        modifiedFileIDs = fields.optionalStringMap("modifiedFileIds", count: Limits.modifiedFiles)
    }
}
