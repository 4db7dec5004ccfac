/// What the header lines of a part say (RFC 7578 section 4).
///
/// All of it comes from the client unchecked: a name may be empty, or hold paths, control characters or anything else.
package struct PartHeaders: Sendable, Equatable {
    /// The name of the form field. Nil without Content-Disposition, or without a `name` in it.
    package var name: String?
    /// The file's name; `filename*` wins over `filename`. Nil for a plain field, empty for a file input that was left
    /// empty.
    package var filename: String?
    /// The Content-Type as sent, with its parameters; nil if there is none.
    package var contentType: String?

    /// For tests and fakes; the parser uses `init(fields:)`.
    package init(name: String? = nil, filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }

    /// Picks what we use from header fields with lower-case names. If a name repeats, the first field counts.
    init(fields: [HeaderField]) {
        if let disposition = fields.first(where: { $0.name == "content-disposition" }) {
            let value = HeaderValue(disposition.value[...])
            name = value["name"].map(Self.text)
            let extended = value["filename*"].flatMap { decodeExtendedValue($0.value[...]) }
            filename = extended ?? value["filename"].map(Self.text)
        }
        contentType = fields.first { $0.name == "content-type" }.map { $0.value[...].trimmed.text }
        if contentType?.isEmpty == true { contentType = nil }
    }

    /// Decodes a name as browsers and curl quote it: `%22`, `%0D` and `%0A` stand for a quote, CR and LF, and no other
    /// percent sign has a meaning (WHATWG HTML, "multipart/form-data encoding algorithm").
    private static func text(_ parameter: HeaderValue.Parameter) -> String {
        guard parameter.isQuoted else { return parameter.value[...].text }
        return decodePercent(parameter.value[...]) { [.quote, .carriageReturn, .lineFeed].contains($0) }[...].text
    }
}
