import JSON

/// A text that is to be stored as a file.
package struct TextDraft: Sendable {
    package let content: String
    package let filename: String?
    package let mimeType: String?

    package init(_ fields: inout JSONFields) {
        content = fields.string("content", length: 1...Int.max)
        filename = fields.optionalString("filename", length: Limits.givenFilename)
        mimeType = fields.optionalString("mimeType", length: Limits.givenType)
    }
}
