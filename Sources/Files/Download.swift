import Blobs
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Index
import MediaType
import Routing

/// Downloads: HEAD from the index alone, conditions, ranges, and the bytes.
extension FilesModule {
    @Sendable
    func download(_ request: Request, _ context: AgentContext) async throws -> Response {
        let file = try await storedFile(context)
        let download = try Download(file, requested: request.query("disposition"))
        switch download.preconditions.evaluate(request.headers) {
        case .failed: throw APIError.preconditionFailed
        case .notModified: return Response(status: .notModified, headers: download.validators)
        case .proceed: break
        }
        guard request.method == .get else { return download.head }

        let range = download.preconditions.allowsRange(request.headers) ? request.headers[.range] : nil
        switch ByteRangeRequest(header: range, size: download.size) {
        case .unsatisfiable: throw APIError.rangeNotSatisfiable(size: download.size)
        case .whole: return download.whole(try await open(file), context.connection)
        case .parts(let ranges) where ranges.count == 1:
            return download.part(ranges[0], try await open(file), context.connection)
        case .parts(let ranges): return download.parts(ranges, try await open(file), context.connection)
        }
    }

    /// A row without bytes never exists (invariant 2), so a missing file here is damage: a 500 that the log explains.
    private func open(_ file: StoredFile) async throws -> BlobReader {
        guard let key = BlobKey(file.blobKey) else { throw DamagedRecord(attachmentID: file.attachment.id) }
        return try await blobs.open(key)
    }
}

/// A record that names no possible key: only damage or a foreign hand in the index explains it.
private struct DamagedRecord: Error {
    let attachmentID: String
}

/// One file as HTTP sees it: its headers and the three shapes of its body.
private struct Download {
    let size: Int64
    let preconditions: Preconditions
    /// What a 304 repeats (RFC 9110 section 15.4.5).
    let validators: HTTPFields
    private let headers: HTTPFields
    private let contentType: String

    init(_ file: StoredFile, requested: String?) throws(APIError) {
        let attachment = file.attachment
        let policy = ServingPolicy(
            type: attachment.mimeType, charset: attachment.charset, requested: try Self.disposition(requested)
        )
        let modified = HTTPDate(seconds: Int(attachment.createdAt.milliseconds / 1000))
        let etag = "\"sha256-\(attachment.sha256)\""
        size = Int64(attachment.size)
        contentType = policy.contentType
        preconditions = Preconditions(etag: etag, lastModified: modified)
        let validators: HTTPFields = [
            .eTag: etag,
            .lastModified: modified.text,
            .cacheControl: "private, no-cache",
        ]
        self.validators = validators
        var headers = validators
        headers[.contentType] = contentType
        headers[.acceptRanges] = "bytes"
        headers[.contentDisposition] = ContentDisposition.header(policy.disposition, filename: attachment.filename)
        headers[.contentSecurityPolicy] = policy.contentSecurityPolicy
        headers[.xContentTypeOptions] = "nosniff"
        headers[.crossOriginResourcePolicy] = "same-origin"
        headers[.referrerPolicy] = "no-referrer"
        headers[.reprDigest] = "sha-256=:\(Self.base64(hex: attachment.sha256)):"
        self.headers = headers
    }

    var head: Response {
        var headers = headers
        headers[.contentLength] = String(size)
        return Response(status: .ok, headers: headers)
    }

    func whole(_ reader: BlobReader, _ connection: Connection) -> Response {
        Response(status: .ok, headers: headers, body: FileBody(reader, connection).body([.file(0..<size)]))
    }

    func part(_ range: Range<Int64>, _ reader: BlobReader, _ connection: Connection) -> Response {
        var headers = headers
        headers[.contentRange] = contentRange(range)
        return Response(status: .partialContent, headers: headers, body: FileBody(reader, connection).body([.file(range)]))
    }

    /// RFC 9110 section 14.6.
    func parts(_ ranges: [Range<Int64>], _ reader: BlobReader, _ connection: Connection) -> Response {
        let boundary = "placet-\(Identifier.make())"
        var pieces: [FileBody.Piece] = []
        for range in ranges {
            let lines = "\r\n--\(boundary)\r\nContent-Type: \(contentType)\r\nContent-Range: \(contentRange(range))\r\n\r\n"
            pieces += [.text(lines), .file(range)]
        }
        pieces.append(.text("\r\n--\(boundary)--\r\n"))
        var headers = headers
        headers[.contentType] = "multipart/byteranges; boundary=\(boundary)"
        return Response(status: .partialContent, headers: headers, body: FileBody(reader, connection).body(pieces))
    }

    private func contentRange(_ range: Range<Int64>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    }

    private static func disposition(_ requested: String?) throws(APIError) -> ServingPolicy.Disposition? {
        guard let requested else { return nil }
        guard let disposition = ServingPolicy.Disposition(rawValue: requested) else {
            throw .invalid("disposition", "must be inline or attachment")
        }
        return disposition
    }

    private static func base64(hex: String) -> String {
        BlobDigest(hex: hex).map { Data($0.bytes).base64EncodedString() } ?? ""
    }
}

extension HTTPField.Name {
    static let crossOriginResourcePolicy = HTTPField.Name("cross-origin-resource-policy")!
    static let referrerPolicy = HTTPField.Name("referrer-policy")!
}
