import API
import Crypto
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import NIOCore

/// What the protocol tus 1.0 says in header fields (https://tus.io/protocols/resumable-upload).
enum Tus {
    static let version = "1.0.0"
    static let bodyType = "application/offset+octet-stream"

    /// Answers in the one version that there is.
    ///
    /// - Throws: ``APIError`` 412 for another version; what `body` throws.
    static func answer(to request: Request, _ body: () async throws -> Response) async throws -> Response {
        do {
            guard request.headers[.tusResumable] == version else {
                let headers: HTTPFields = [.tusVersion: version]
                throw APIError(.preconditionFailed, "Send Tus-Resumable: \(version) with the request", headers: headers)
            }
            var response = try await body()
            response.headers[.tusResumable] = version
            return response
        } catch let error as APIError {
            var headers = error.headers
            headers[.tusResumable] = version
            throw APIError(error.status, error.message, fields: error.fields, figures: error.figures, headers: headers)
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
        var headers: HTTPFields = [.uploadOffset: "\(received)", .uploadExpires: HTTPDate(seconds: Int(expiresAt.milliseconds / 1000)).text]
        headers[.fileID] = file?.rawValue
        return headers
    }
}

/// `Upload-Metadata`: names, each with a value in Base64.
struct TusMetadata {
    private(set) var filename = ""
    private(set) var filetype: String?
    private(set) var channelID: Agent.ID?

    /// - Throws: ``APIError`` 400 when it is not well-formed. Unknown names are dropped.
    init(_ text: String) throws(APIError) {
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: " ", omittingEmptySubsequences: true)
            guard let name = parts.first, parts.count <= 2 else { throw Self.malformed }
            guard let data = Data(base64Encoded: String(parts.dropFirst().first ?? "")) else { throw Self.malformed }
            guard ["filename", "name", "filetype", "channelId"].contains(name), !data.isEmpty else { continue }
            guard let value = String(validating: data, as: UTF8.self), !value.utf8.contains(0) else {
                throw Self.malformed
            }
            switch name {
            case "filetype": filetype = value
            case "channelId": channelID = Agent.ID(rawValue: value)
            default: filename = value
            }
        }
    }

    private static let malformed = APIError.invalid(
        "Upload-Metadata",
        "must be names with a value in Base64, separated by commas: filename cmVwb3J0LnBkZg==,channelId …"
    )
}

/// `Upload-Checksum`: what the body of this request is to be.
struct TusChecksum {
    private var sha1: Insecure.SHA1?
    private var sha256: SHA256?
    private let expected: Data

    /// Nil without one.
    ///
    /// - Throws: ``APIError`` 400 for another algorithm, and when it is not well-formed.
    init?(_ text: String?) throws(APIError) {
        guard let text else { return nil }
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, let expected = Data(base64Encoded: parts[1]) else { throw Self.unknown }
        switch parts[0] {
        case "sha1": sha1 = Insecure.SHA1()
        case "sha256": sha256 = SHA256()
        default: throw Self.unknown
        }
        self.expected = expected
    }

    private static let unknown = APIError.invalid("Upload-Checksum", "must be sha256 or sha1, a space, and the digest in Base64")

    mutating func update(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { pointer in
            sha1?.update(bufferPointer: pointer)
            sha256?.update(bufferPointer: pointer)
        }
    }

    func matches() -> Bool {
        expected == (sha1.map { Data($0.finalize()) } ?? sha256.map { Data($0.finalize()) })
    }
}

extension Request {
    /// How many bytes the upload will have.
    ///
    /// - Throws: ``APIError`` 400 without it: it may not come later, because room is reserved for it.
    func uploadLength() throws(APIError) -> Int {
        guard let length = headers[.uploadLength].flatMap(Int.init), length >= 0 else {
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
    static let uploadMetadata = HTTPField.Name("Upload-Metadata")!
    static let uploadChecksum = HTTPField.Name("Upload-Checksum")!
    static let uploadExpires = HTTPField.Name("Upload-Expires")!
    static let methodOverride = HTTPField.Name("X-HTTP-Method-Override")!
    static let fileID = HTTPField.Name("Placet-File-Id")!
}
