/// What the header lines of a part say (RFC 7578 section 4).
///
/// All of it is the client's word: names may be empty, hold paths, control characters or anything else.
package struct PartHeaders: Sendable, Equatable {
    /// The name of the form field; nil without Content-Disposition or without its `name`.
    package var name: String?
    /// The name of the file, `filename*` before `filename`; nil for a plain field, empty for a file input left empty.
    package var filename: String?
    /// The Content-Type as sent, with its parameters; nil when there is none.
    package var contentType: String?

    /// Makes the headers of a part, as tests and fakes need it.
    package init(name: String? = nil, filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }

    /// Picks what we use from header fields with lower-case names; of equal fields the first counts.
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

    /// A name as browsers and curl quote it: `%22`, `%0D` and `%0A` stand for a quote, CR and LF, and no other percent
    /// sign means anything (WHATWG HTML, "multipart/form-data encoding algorithm").
    private static func text(_ parameter: HeaderValue.Parameter) -> String {
        guard parameter.isQuoted else { return parameter.value[...].text }
        return decodePercent(parameter.value[...]) { [.quote, .carriageReturn, .lineFeed].contains($0) }[...].text
    }
}
