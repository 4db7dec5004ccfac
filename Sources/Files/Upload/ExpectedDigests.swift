import Blobs
import FoundationEssentials
import HTTP
import HTTPTypes

/// What the client expects the SHA-256 of its upload to be: in headers (RFC 9530), or in the form field `sha256`
/// (docs/api.md, "Uploads", Integrity).
struct ExpectedDigests: Sendable {
    /// Of the file, in hexadecimal: from `Repr-Digest` and the form field.
    private(set) var file: [String] = []
    /// From `Content-Digest`. By the letter of RFC 9530 it covers the multipart body, but clients that know only their
    /// file send that file's digest. Either proves that the bytes arrived whole.
    private(set) var fileOrBody: String?

    /// - Throws: ``APIError`` 400 when a digest is not well-formed.
    init(_ headers: HTTPFields) throws(APIError) {
        if let digest = try Self.sha256(in: headers, .reprDigest) { file.append(digest) }
        fileOrBody = try Self.sha256(in: headers, .contentDigest)
    }

    /// Adds the form field `sha256`: 64 hexadecimal digits.
    ///
    /// - Throws: ``APIError`` 400 when it is anything else.
    mutating func add(field: String) throws(APIError) {
        guard let digest = BlobDigest(hex: field) else { throw .invalid("sha256", "must be 64 hexadecimal digits") }
        file.append(digest.hex)
    }

    /// Compares what arrived with what was expected.
    ///
    /// - Parameter body: the digest of the whole body; needed only when ``fileOrBody`` is set.
    /// - Throws: ``APIError`` 422 with both values when one does not match.
    func verify(file actual: String, body: String?) throws(APIError) {
        for expected in file where expected != actual {
            throw .digestMismatch(expected: expected, actual: actual)
        }
        if let fileOrBody, fileOrBody != actual, fileOrBody != body {
            throw .digestMismatch(expected: fileOrBody, actual: actual)
        }
    }

    /// The `sha-256` member of a digest header, in hexadecimal. Other algorithms are ignored, as RFC 9530 section 2
    /// allows.
    ///
    /// - Throws: ``APIError`` 400 when the member is not 32 bytes in Base64.
    private static func sha256(in headers: HTTPFields, _ name: HTTPField.Name) throws(APIError) -> String? {
        guard let value = headers[name] else { return nil }
        var found: String?
        for member in value.split(separator: ",") {
            // A dictionary of RFC 8941: parameters are dropped, and of equal keys the last one counts.
            let parts = member.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmed.lowercased() == "sha-256" else { continue }
            let quoted = parts[1].trimmed
            guard quoted.count > 2, quoted.first == ":", quoted.last == ":",
                let bytes = Data(base64Encoded: String(quoted.dropFirst().dropLast())),
                let digest = BlobDigest(bytes: bytes)
            else { throw .invalid(name.canonicalName, "must be sha-256=:<base64 of 32 bytes>: (RFC 9530)") }
            found = digest.hex
        }
        return found
    }
}

extension HTTPField.Name {
    static let reprDigest = HTTPField.Name("repr-digest")!
    static let contentDigest = HTTPField.Name("content-digest")!
}
