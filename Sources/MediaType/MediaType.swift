/// What bytes are: a media type (RFC 6838) without parameters, and the charset when they are text.
package struct MediaType: Sendable, Equatable {
    /// The type in lower case, for example `text/html`.
    package var type: String
    /// `utf-8`, `utf-16le`, `utf-16be` or `iso-8859-1` for text; nil for anything else and for text of unknown charset.
    package var charset: String?

    package init(type: String, charset: String? = nil) {
        self.type = type
        self.charset = charset
    }

    /// The type of bytes about which nothing is known.
    package static let unknown = "application/octet-stream"

    /// The type of zero bytes that nobody called text.
    package static let empty = "application/x-empty"

    /// Whether an attachment of this type carries `textContent` (contract 6.6: Markdown, plain, HTML and CSV text).
    package static func hasInlineText(type: String) -> Bool {
        typesWithInlineText.contains(type)
    }

    private static let typesWithInlineText: Set = ["text/markdown", "text/plain", "text/html", "text/csv"]
}
