/// Why a body, or its Content-Type, was refused. Each description tells the client what to do.
package enum MultipartError: Error, Equatable, Sendable {
    /// The Content-Type is not `multipart/form-data`.
    case notMultipart
    /// The boundary parameter is missing, given twice, or not 1 to 70 printable ASCII characters.
    case invalidBoundary
    /// The body ended before the closing delimiter.
    case truncated
    /// A header line of a part has no name and colon, or does not end in CRLF.
    case malformedHeader
    /// The `Content-Transfer-Encoding` of a part is none that we undo.
    case unknownTransferEncoding
    /// The data of a part are not what its `Content-Transfer-Encoding` says.
    case malformedTransferEncoding
    /// The header lines of one part are longer than `limit` bytes.
    case headersTooLarge(limit: Int)
    /// There are more than `limit` parts.
    case tooManyParts(limit: Int)
}

extension MultipartError: CustomStringConvertible {
    /// One sentence for the client: what is wrong and what to do. It never repeats bytes of the request.
    package var description: String {
        switch self {
        case .notMultipart:
            "Send the form as Content-Type multipart/form-data with a boundary."
        case .invalidBoundary:
            "The Content-Type needs exactly one boundary parameter of 1 to 70 printable ASCII characters."
        case .truncated:
            "The multipart body ended before its closing boundary line; send all of it, with CRLF line ends and the "
                + "boundary named in Content-Type."
        case .malformedHeader:
            "A part of the multipart body has a malformed header line; write each as \"Name: value\" ending in CRLF."
        case .unknownTransferEncoding:
            "A part has an unknown Content-Transfer-Encoding; send its bytes as they are, or base64 or "
                + "quoted-printable."
        case .malformedTransferEncoding:
            "The data of a part are not in the Content-Transfer-Encoding that it declares; send its bytes as they are."
        case .headersTooLarge(let limit):
            "The headers of a part of the multipart body are longer than \(limit) bytes; shorten its names."
        case .tooManyParts(let limit):
            "The multipart body has more than \(limit) parts; send fewer."
        }
    }
}
