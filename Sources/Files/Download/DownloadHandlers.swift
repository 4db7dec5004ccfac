import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Store

/// Downloads: conditions, ranges, and the bytes (docs/api.md, "Downloads").
extension FilesModule {
    func download(_ request: Request, _ context: some CallerContext) async throws -> Response {
        try await send(try await prepare(request, context), request, context.connection, by: context.origin)
    }

    /// Answers a prepared download, and notes for the audit log to whom.
    nonisolated(nonsending) func send(
        _ download: Download,
        _ request: Request,
        _ connection: Connection,
        by origin: Origin
    ) async throws -> Response {
        let response = try await answer(download, request, connection)
        // A client that has the file already, and asks whether it is still good, opens it once more.
        if request.method == .get {
            audit.add(AuditEntry(download.action, download.id.rawValue, in: download.channelID, by: origin, at: .now()))
        }
        return response
    }

    /// Conditions first, then the range (RFC 9110 section 13.2.2). HEAD opens the bytes too, so that it promises no
    /// download that fails (section 9.3.2).
    ///
    /// - Throws: ``APIError`` 412 for a failed condition, 416 for a range outside the file; what opening the bytes
    ///   throws.
    nonisolated(nonsending) private func answer(
        _ download: Download,
        _ request: Request,
        _ connection: Connection
    ) async throws -> Response {
        switch download.preconditions.evaluate(request.headers) {
        case .failed: throw APIError.preconditionFailed
        case .notModified: return Response(status: .notModified, headers: download.validators)
        case .proceed: break
        }
        // A range counts for GET alone (RFC 9110 section 14.2).
        guard request.method == .get else {
            try await store.open(download.key, size: download.size).close()
            return download.head
        }

        if redirects, let link = LinkToBucket(download, in: store) { return link.response }
        let range = download.preconditions.allowsRange(request.headers) ? request.headers[.range] : nil
        let asked = ByteRangeRequest(header: range, size: download.size)
        if asked == .unsatisfiable { throw APIError.rangeNotSatisfiable(size: download.size) }
        let body = FileBody(try await store.open(download.key, size: download.size), connection)
        switch asked {
        case .parts(let ranges) where ranges.count == 1: return try await download.part(ranges[0], of: body)
        case .parts(let ranges): return try await download.parts(ranges, of: body)
        case .whole, .unsatisfiable: return try await download.whole(body)
        }
    }

    /// The headers and the key of the file, from memory while nothing was committed since they were made. Downloads
    /// with a `disposition` are rare, and not remembered.
    nonisolated(nonsending) private func prepare(_ request: Request, _ context: some CallerContext) async throws
        -> Download
    {
        let requested = try Download.disposition(try request.query("disposition"))
        let (id, userID) = (try context.id(of: Attachment.self), context.userID)
        // Taken before the row is read: a commit in between then makes the memory stale, never the answer.
        let commitCount = index.commitCount
        if requested == nil, let known = recent.find(id, of: userID, at: commitCount) {
            return known.download
        }
        let download = try Download(try await storedFile(context), requested: requested)
        if requested == nil { recent.remember(download, as: id, of: userID, at: commitCount) }
        return download
    }
}
