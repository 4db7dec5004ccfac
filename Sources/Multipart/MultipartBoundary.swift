/// The boundary of a multipart body, one that can be searched for (RFC 2046 section 5.1.1).
///
/// 1 to 70 printable ASCII characters, the last one no space. That is wider than the RFC's `bchars`, because clients
/// send other punctuation too, and it keeps out what would break the search: CR, LF and other control characters.
package struct MultipartBoundary: Sendable, Equatable {
    let value: String

    /// Reads the boundary from the value of a Content-Type header, quoted or not; with spaces it must be quoted.
    ///
    /// Throws `.notMultipart` when the type is another one than `multipart/form-data`, and `.invalidBoundary` when the
    /// parameter is missing, empty, too long, has control or non-ASCII characters, or is given twice: whichever we
    /// took, a proxy before us might have taken the other.
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
