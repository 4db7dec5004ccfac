import Blobs
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import MediaTypes
import Store

/// One file as HTTP sees it: its headers, and the three forms of its body.
struct Download: Sendable {
    let id: Attachment.ID
    let channelID: Agent.ID
    /// What it is for the audit log: shown, or kept.
    let action: AuditEntry.Action
    let key: BlobKey
    let size: Int64
    let preconditions: Preconditions
    /// What a 304 repeats (RFC 9110 section 15.4.5).
    let validators: HTTPFields
    private let headers: HTTPFields
    private let contentType: String

    /// - Parameters:
    ///   - requested: the `disposition` of the query; nil leaves it to the type.
    ///   - now: no file was modified later (RFC 9110 section 8.8.2.1), even if the clock was wrong when it came.
    /// - Throws: ``StoreError/damagedRecord(attachmentID:)``.
    init(_ file: StoredFile, requested: ServingPolicy.Disposition?, now: Timestamp = .now()) throws {
        let attachment = file.attachment
        let policy = ServingPolicy(type: attachment.mimeType, charset: attachment.charset, requested: requested)
        (id, channelID) = (attachment.id, attachment.channelID)
        action = policy.disposition == .inline ? .fileOpened : .fileDownloaded
        key = try file.key()
        let modified = HTTPDate(seconds: Int(min(attachment.createdAt, now).milliseconds / 1000))
        let etag = "\"sha256-\(attachment.sha256)\""
        size = Int64(attachment.size)
        contentType = policy.contentType
        preconditions = Preconditions(etag: etag, lastModified: modified)
        // The client may keep the bytes but must ask before each use: access can end, and 304 costs little.
        let validators: HTTPFields = [
            .eTag: etag,
            .lastModified: modified.text,
            .cacheControl: "private, no-cache",
        ]
        self.validators = validators
        var headers = validators
        headers.serve(attachment.filename, by: policy)
        headers[.acceptRanges] = "bytes"
        headers[.reprDigest] = "sha-256=:\(Data(key.digest.bytes).base64EncodedString()):"
        self.headers = headers
    }

    /// How the file is to be kept; nil when it may be shown.
    var keeping: String? { action == .fileDownloaded ? headers[.contentDisposition] : nil }

    /// The answer to HEAD.
    var head: Response {
        var headers = headers
        headers[.contentLength] = String(size)
        return Response(status: .ok, headers: headers)
    }

    func whole(_ body: FileBody) async throws -> Response {
        Response(status: .ok, headers: headers, body: try await body.sending([.file(0..<size)]))
    }

    func part(_ range: Range<Int64>, of body: FileBody) async throws -> Response {
        var headers = headers
        headers[.contentRange] = contentRange(range)
        return Response(status: .partialContent, headers: headers, body: try await body.sending([.file(range)]))
    }

    /// Several ranges as `multipart/byteranges` (RFC 9110 section 14.6).
    func parts(_ ranges: [Range<Int64>], of body: FileBody) async throws -> Response {
        // New for each answer, so that no file can contain it.
        let boundary = "placet-\(Message.ID.make())"
        var pieces: [FileBody.Piece] = []
        for range in ranges {
            let type = "Content-Type: \(contentType)"
            let lines = "\r\n--\(boundary)\r\n\(type)\r\nContent-Range: \(contentRange(range))\r\n\r\n"
            pieces += [.text(lines), .file(range)]
        }
        pieces.append(.text("\r\n--\(boundary)--\r\n"))
        var headers = headers
        headers[.contentType] = "multipart/byteranges; boundary=\(boundary)"
        return Response(status: .partialContent, headers: headers, body: try await body.sending(pieces))
    }

    /// RFC 9110 section 14.4: the last byte counts.
    func contentRange(_ range: Range<Int64>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    }

    /// Reads the query's `disposition`; nil without one.
    ///
    /// - Throws: ``APIError`` 400 for anything but `inline` and `attachment`.
    static func disposition(_ requested: String?) throws(APIError) -> ServingPolicy.Disposition? {
        guard let requested else { return nil }
        guard let disposition = ServingPolicy.Disposition(rawValue: requested) else {
            throw .invalid("disposition", "must be inline or attachment")
        }
        return disposition
    }
}

extension HTTPFields {
    /// What goes with bytes that are not ours. They must not act as our page, and other sites must not embed them.
    mutating func serve(_ filename: String, by policy: ServingPolicy) {
        self[.contentType] = policy.contentType
        self[.contentDisposition] = ContentDisposition.header(policy.disposition, filename: filename)
        self[.contentSecurityPolicy] = policy.contentSecurityPolicy
        self[.xContentTypeOptions] = "nosniff"
        self[.crossOriginResourcePolicy] = "same-origin"
        self[.referrerPolicy] = "no-referrer"
    }
}
