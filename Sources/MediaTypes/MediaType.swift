/// What bytes are: a media type (RFC 6838) without parameters, and a charset if they are text.
package struct MediaType: Sendable, Equatable {
    /// The type in lower case, for example `text/html`.
    package var type: String
    /// The charset of text when it is sure, as in ``Charset``. Nil for anything else.
    package var charset: String?

    package init(type: String, charset: String? = nil) {
        self.type = type
        self.charset = charset
    }

    /// The type of bytes about which nothing is known.
    package static let unknown = "application/octet-stream"

    /// The type of zero bytes that no hint calls text.
    package static let empty = "application/x-empty"

    /// Whether bytes of a stored type and charset are text.
    package static func isText(type: String, charset: String?) -> Bool {
        charset != nil || type.hasPrefix("text/") || TextTypes.canonical(type) != nil || type == empty
    }

    /// Whether an attachment of this type carries `textContent` (docs/api.md, "Messages and reviews").
    package static func hasInlineText(type: String) -> Bool {
        typesWithInlineText.contains(type)
    }

    private static let typesWithInlineText: Set = ["text/markdown", "text/plain", "text/html", "text/csv"]
}
