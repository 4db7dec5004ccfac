import Blobs
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import MediaType
import Synchronization

/// Downloads: HEAD from the index alone, conditions, ranges, and the bytes.
extension FilesModule {
    @Sendable
    func download(_ request: Request, _ context: some UserContext) async throws -> Response {
        try await send(try await prepare(request, context), request, context.connection)
    }

    func send(_ download: Download, _ request: Request, _ connection: Connection) async throws -> Response {
        switch download.preconditions.evaluate(request.headers) {
        case .failed: throw APIError.preconditionFailed
        case .notModified: return Response(status: .notModified, headers: download.validators)
        case .proceed: break
        }
        guard request.method == .get else { return download.head }

        let range = download.preconditions.allowsRange(request.headers) ? request.headers[.range] : nil
        let asked = ByteRangeRequest(header: range, size: download.size)
        if asked == .unsatisfiable { throw APIError.rangeNotSatisfiable(size: download.size) }
        let body = FileBody(try await blobs.open(download.key, size: download.size), connection)
        switch asked {
        case .parts(let ranges) where ranges.count == 1: return try await download.part(ranges[0], of: body)
        case .parts(let ranges): return try await download.parts(ranges, of: body)
        case .whole, .unsatisfiable: return try await download.whole(body)
        }
    }

    /// The file's headers and key, from memory while the index has not changed since they were made.
    private func prepare(_ request: Request, _ context: some UserContext) async throws -> Download {
        let requested = try Download.disposition(try request.query("disposition"))
        let id = try context.parameters.require("id")
        let commitCount = index.commitCount
        if requested == nil, let known = recent.find(id, at: commitCount) {
            guard known.ownerID == context.userID else { throw APIError.notYourAgent }
            return known
        }
        let download = try Download(try await storedFile(context), requested: requested)
        if requested == nil { recent.remember(download, as: id, at: commitCount) }
        return download
    }
}

/// Downloads prepared lately: finding the row and writing its headers cost as much as sending a small file.
///
/// Holds no files open and answers only while no commit has happened, so nothing outlives its deletion.
final class RecentDownloads: Sendable {
    /// About 2 KiB each; beyond that the memory is emptied and fills again.
    private static let capacity = 1000

    private struct Memory {
        var commitCount: UInt64 = 0
        var downloads: [String: Download] = [:]
    }

    private let memory = Mutex(Memory())

    func find(_ id: String, at commitCount: UInt64) -> Download? {
        memory.withLock { $0.commitCount == commitCount ? $0.downloads[id] : nil }
    }

    func remember(_ download: Download, as id: String, at commitCount: UInt64) {
        memory.withLock { memory in
            if memory.commitCount != commitCount || memory.downloads.count >= Self.capacity {
                memory = Memory(commitCount: commitCount)
            }
            memory.downloads[id] = download
        }
    }
}

/// A record that names no possible key: only damage or a foreign hand in the index explains it.
private struct DamagedRecord: Error {
    let attachmentID: String
}

/// Bytes that are not as many as the index says.
private struct DamagedFile: Error {
    let key: BlobKey
    let size: Int64
}

extension StoredFile {
    /// The key of the bytes.
    func key() throws -> BlobKey {
        guard let key = BlobKey(blobKey) else { throw DamagedRecord(attachmentID: attachment.id) }
        return key
    }
}

extension DiskBlobStore {
    /// Opens bytes of which the index says how many they are.
    ///
    /// A row without its bytes never exists (invariants 1 and 2): a missing or a shorter file is damage, a 500 that the
    /// log explains, and never a download that looks whole.
    func open(_ key: BlobKey, size: Int64) async throws -> BlobReader {
        let reader = try await open(key)
        guard reader.size == size else { throw DamagedFile(key: key, size: reader.size) }
        return reader
    }
}

/// One file as HTTP sees it: its headers and the three shapes of its body.
struct Download: Sendable {
    let ownerID: String
    let key: BlobKey
    let size: Int64
    let preconditions: Preconditions
    /// What a 304 repeats (RFC 9110 section 15.4.5).
    let validators: HTTPFields
    private let headers: HTTPFields
    private let contentType: String

    init(_ file: StoredFile, requested: ServingPolicy.Disposition?) throws {
        let attachment = file.attachment
        let policy = ServingPolicy(type: attachment.mimeType, charset: attachment.charset, requested: requested)
        key = try file.key()
        ownerID = file.ownerID
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
        headers[.reprDigest] = "sha-256=:\(Data(key.digest.bytes).base64EncodedString()):"
        self.headers = headers
    }

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

    /// RFC 9110 section 14.6.
    func parts(_ ranges: [Range<Int64>], of body: FileBody) async throws -> Response {
        let boundary = "placet-\(Identifier.make())"
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

    private func contentRange(_ range: Range<Int64>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    }

    /// - Throws: ``APIError`` 400 for anything but `inline` and `attachment`.
    static func disposition(_ requested: String?) throws(APIError) -> ServingPolicy.Disposition? {
        guard let requested else { return nil }
        guard let disposition = ServingPolicy.Disposition(rawValue: requested) else {
            throw .invalid("disposition", "must be inline or attachment")
        }
        return disposition
    }
}
