import API
import HTTP
import HTTPTypes
import Hummingbird
import Index

/// What the protocol tus 1.0 says in header fields (https://tus.io/protocols/resumable-upload).
enum Tus {
    static let version = "1.0.0"
    static let bodyType = "application/offset+octet-stream"

    /// Answers in the one version that there is.
    ///
    /// - Throws: ``ErrorWithHeaders`` for ``APIError`` 412 for another version and what `body` throws: refusals name the
    ///   version too.
    static func answer(to request: Request, _ body: () async throws -> Response) async throws -> Response {
        do {
            guard request.headers[.tusResumable] == version else {
                let headers: HTTPFields = [.tusVersion: version]
                throw APIError(.preconditionFailed, "Send Tus-Resumable: \(version) with the request", headers: headers)
            }
            var response = try await body()
            response.headers[.tusResumable] = version
            return response
        } catch {
            throw ErrorWithHeaders(error, [.tusResumable: version])
        }
    }

    /// The path at which uploads begin, as it was asked for.
    static func path(of request: Request) -> String {
        let path = request.uri.path
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}

/// How far an upload is.
struct TusState {
    private let received: Int
    private let expiresAt: Timestamp
    private let file: Attachment.ID?

    init(_ upload: PartialUpload) {
        (received, expiresAt, file) = (upload.received, upload.expiresAt, upload.attachmentID)
    }

    /// When more has arrived just now, which moved the end.
    init(received: Int, file: Attachment.ID? = nil) {
        (self.received, self.file) = (received, file)
        expiresAt = .now() + PartialUpload.lifetime
    }

    var headers: HTTPFields {
        let expiry = HTTPDate(seconds: Int(expiresAt.milliseconds / 1000)).text
        var headers: HTTPFields = [.uploadOffset: "\(received)", .uploadExpires: expiry]
        headers[.fileID] = file?.rawValue
        return headers
    }
}

extension Request {
    /// A number of bytes; nil without one, and for what tus does not call one, such as `+5`.
    func count(in field: HTTPField.Name) -> Int? {
        headers[field].flatMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
    }

    /// How many bytes the upload will have.
    ///
    /// - Throws: ``APIError`` 400 without it: it may not come later, because room is reserved for it.
    func uploadLength() throws(APIError) -> Int {
        guard let length = count(in: .uploadLength) else {
            throw .invalid("Upload-Length", "is required, in bytes; it cannot come later (Upload-Defer-Length)")
        }
        return length
    }

    /// The declared length of a body with bytes of the upload; nil when it says none, 0 without a body.
    ///
    /// - Throws: ``APIError`` 413 when the upload will not have so many.
    func tusBodyLength(upTo most: Int) throws(APIError) -> Int? {
        guard headers[.contentType] == Tus.bodyType else { return 0 }
        let isChunked = headers[.transferEncoding] != nil
        guard let length = declaredLength.map(Int.init) ?? (isChunked ? nil : 0) else { return nil }
        guard length <= most else { throw .beyondLength(most) }
        return length
    }
}

extension APIError {
    static let noUpload = APIError(
        .notFound,
        "There is no such upload: it was removed, or nothing came for a day. Begin another"
    )
    static let checksumMismatch = APIError(
        HTTPResponse.Status(code: 460, reasonPhrase: "Checksum Mismatch"),
        "The bytes of this request do not match Upload-Checksum, and none were kept; send them again"
    )

    static func beyondLength(_ length: Int) -> APIError {
        APIError(.contentTooLarge, "That is more than Upload-Length says: at most \(length) bytes are to come")
    }
}

extension HTTPField.Name {
    static let tusResumable = HTTPField.Name("Tus-Resumable")!
    static let tusVersion = HTTPField.Name("Tus-Version")!
    static let tusExtension = HTTPField.Name("Tus-Extension")!
    static let tusMaxSize = HTTPField.Name("Tus-Max-Size")!
    static let tusChecksumAlgorithm = HTTPField.Name("Tus-Checksum-Algorithm")!
    static let uploadLength = HTTPField.Name("Upload-Length")!
    static let uploadOffset = HTTPField.Name("Upload-Offset")!
    static let uploadConcat = HTTPField.Name("Upload-Concat")!
    static let uploadMetadata = HTTPField.Name("Upload-Metadata")!
    static let uploadChecksum = HTTPField.Name("Upload-Checksum")!
    static let uploadExpires = HTTPField.Name("Upload-Expires")!
    static let methodOverride = HTTPField.Name("X-HTTP-Method-Override")!
    static let fileID = HTTPField.Name("Placet-File-Id")!
}
