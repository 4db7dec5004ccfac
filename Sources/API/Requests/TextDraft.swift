import JSON

/// A text to be stored as a file. Its size is limited by the body and by the store.
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
