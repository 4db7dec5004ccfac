import NIOCore

/// What the header lines of a part say (RFC 7578 section 4).
///
/// All of it comes from the client unchecked: a name may be empty, or hold paths, control characters or anything else.
package struct PartHeaders: Sendable, Equatable {
    /// The name of the form field. Nil without Content-Disposition, or without a `name` in it.
    package var name: String?
    /// The file's name; `filename*` wins over `filename`. Nil for a plain field, and for a file input that was left
    /// empty: the parser gives an empty name only when bytes follow.
    package var filename: String?
    /// The Content-Type as sent, with its parameters; nil if there is none.
    package var contentType: String?
    /// How the data are coded; the parser undoes it.
    var transferCoding = TransferCoding.identity

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
            filename = Self.filename(value)
        }
        if let coding = fields.first(where: { $0.name == "content-transfer-encoding" }) {
            transferCoding = TransferCoding(token: HeaderValue(coding.value[...]).token)
        }
        contentType = fields.first { $0.name == "content-type" }.map { $0.value[...].trimmed.text }
        if contentType?.isEmpty == true { contentType = nil }
    }

    /// The file's name in the first form that can be read: of RFC 8187, RFC 2231, RFC 2047, RFC 7578, and HTML's.
    private static func filename(_ header: HeaderValue) -> String? {
        if let name = header["filename*"].flatMap({ decodeExtendedValue($0.value[...]) }) { return name }
        guard let plain = header["filename"] else { return joinContinuations(of: "filename", in: header) }
        return decodeEncodedWords(plain.value[...]) ?? decodePercentEncodedName(plain.value[...]) ?? text(plain)
    }

    /// The value of a plain field as text, in UTF-8 or in the charset that its part declares; nil when it is not.
    ///
    /// ISO-8859-1 is read because Java's libraries declare and use it for fields unless told otherwise.
    package func text(of value: ByteBuffer) -> String? {
        let declared = HeaderValue(Array((contentType ?? "").utf8)[...])["charset"]?.value[...].text.lowercased()
        let bytes = Array(value.readableBytesView)
        switch declared {
        case "iso-8859-1", "windows-1252", "latin1": return bytes[...].latinText
        default: return String(validating: bytes, as: UTF8.self)
        }
    }

    /// Decodes a name as browsers and curl quote it: `%22`, `%0D` and `%0A` stand for a quote, CR and LF, and no other
    /// percent sign has a meaning (WHATWG HTML, "multipart/form-data encoding algorithm").
    private static func text(_ parameter: HeaderValue.Parameter) -> String {
        guard parameter.isQuoted else { return parameter.value[...].text }
        return decodePercent(parameter.value[...]) { [.quote, .carriageReturn, .lineFeed].contains($0) }[...].text
    }
}
