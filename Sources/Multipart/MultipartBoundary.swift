/// The boundary of a multipart body (RFC 2046 section 5.1.1).
///
/// It has 1 to 70 printable ASCII characters, and the last one is not a space. This is wider than the RFC's `bchars`,
/// because clients send other punctuation too. It excludes what would break the search: CR, LF and other control
/// characters.
package struct MultipartBoundary: Sendable, Equatable {
    let value: String

    /// Reads the boundary from the value of a Content-Type header, quoted or not. One with spaces must be quoted.
    ///
    /// Throws `.notMultipart` for any type but `multipart/form-data`. Throws `.invalidBoundary` when the parameter is
    /// missing, empty or too long, has control or non-ASCII characters, or is given twice: a proxy in front of us might
    /// have taken the other one.
    package init(contentType: String) throws(MultipartError) {
        let header = HeaderValue(Array(contentType.utf8)[...])
        guard header.token == "multipart/form-data" else { throw .notMultipart }
        let boundaries = header.parameters.filter { $0.name == "boundary" }
        guard boundaries.count == 1, let boundary = boundaries.first, (1...70).contains(boundary.value.count),
            boundary.value.allSatisfy({ (0x20...0x7E).contains($0) }), boundary.value.last != .space,
            boundary.isQuoted || !boundary.value.contains(.space)
        else { throw .invalidBoundary }
        value = boundary.value[...].text
    }
}
