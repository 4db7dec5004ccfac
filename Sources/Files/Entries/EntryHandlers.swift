import API
import Archives
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import MediaTypes
import NIOCore
import Store

/// What is in an archive: its entries, and one of them unpacked (docs/api.md, "Entries of an archive").
extension FilesModule {
    /// - Throws: ``APIError`` 415 for bytes that are no archive; as downloads.
    func entries(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let from = try request.number("from", in: 1...Int.max) ?? 1
        let count = try request.number("count", in: Limits.entries) ?? Limits.usualEntries
        let file = try await storedFile(context)
        let reader = try await store.open(try file.key(), size: Int64(file.attachment.size))
        defer { reader.close() }
        let archive = try Self.archive(of: file.attachment, reader)
        let list = EntriesJSON(try archive.list(from: from, count: count), of: archive.format)
        note(.fileOpened, file.attachment, request, context)
        return try .json(list)
    }

    /// The entry that the path names, as a download.
    ///
    /// - Throws: ``APIError`` 404, 412, 415, 422; as downloads.
    func entry(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let requested = try Download.disposition(try request.query("disposition"))
        let file = try await storedFile(context)
        let number = Int(try context.pathParameter("number")) ?? 0
        let reader = try await store.open(try file.key(), size: Int64(file.attachment.size))
        do {
            let archive = try Self.archive(of: file.attachment, reader)
            guard let entry = try archive.entry(number) else { throw APIError.noEntry }
            try entry.refuseUnlessItOpens()
            let validators = EntryValidators(entry, of: file.attachment)
            switch validators.preconditions.evaluate(request.headers) {
            case .failed: throw APIError.preconditionFailed
            case .notModified:
                reader.close()
                return Response(status: .notModified, headers: validators.headers)
            case .proceed: break
            }
            let body = EntryBody(try archive.bytes(of: entry), reader, threads)
            let (response, action) = try await send(entry, body, requested, validators.headers)
            note(action, file.attachment, request, context)
            return response
        } catch {
            reader.close()
            throw (error as? ArchiveError).map(APIError.unreadable) ?? error
        }
    }

    /// The entry in the type that its first bytes have, and what that is for the audit log.
    private func send(
        _ entry: ArchiveEntry,
        _ body: EntryBody,
        _ requested: ServingPolicy.Disposition?,
        _ validators: HTTPFields
    ) async throws -> (Response, AuditEntry.Action) {
        let (sample, isWhole) = try body.sample()
        let name = FileName.sanitized(entry.givenName)
        let type = try await store.mediaType(of: sample, isWhole: isWhole, filename: name)
        let policy = ServingPolicy(type: type.type, charset: type.charset, requested: requested)
        var headers = validators
        headers.serve(name, by: policy)
        let response = Response(status: .ok, headers: headers, body: body.sending(after: sample, isWhole: isWhole))
        return (response, policy.disposition == .inline ? .fileOpened : .fileDownloaded)
    }

    /// - Throws: ``APIError`` 415.
    private static func archive(of attachment: Attachment, _ reader: BlobReader) throws -> Archive {
        let end = ContinuousClock.now + Limits.look
        let archive = try Archive(size: reader.size) { offset, buffer in
            try Task.checkCancellation()
            try reader.readNow(at: offset, into: buffer)
        } until: {
            ContinuousClock.now >= end
        }
        guard let archive else { throw APIError.noEntries(attachment.mimeType) }
        return archive
    }

    /// Notes for the audit log who was sent something of a file.
    private func note(
        _ action: AuditEntry.Action,
        _ file: Attachment,
        _ request: Request,
        _ context: some CallerContext
    ) {
        guard request.method == .get else { return }
        audit.add(AuditEntry(action, file.id.rawValue, in: file.channelID, by: context.origin, at: .now()))
    }
}

/// What says whether a client has an entry already. An archive never changes, so the number tells which bytes they are.
private struct EntryValidators {
    let preconditions: Preconditions
    /// What a 304 repeats (RFC 9110 section 15.4.5).
    let headers: HTTPFields

    init(_ entry: ArchiveEntry, of file: Attachment) {
        let modified = HTTPDate(seconds: Int(min(file.createdAt, .now()).milliseconds / 1000))
        preconditions = Preconditions(etag: "\"sha256-\(file.sha256)-\(entry.number)\"", lastModified: modified)
        headers = [
            .eTag: preconditions.etag, .lastModified: modified.text, .cacheControl: "private, no-cache",
            .acceptRanges: "none",
        ]
    }
}

extension ArchiveEntry {
    fileprivate func refuseUnlessItOpens() throws(APIError) {
        guard kind == .file else { throw APIError(.notFound, "Entry \(number) is no file, so it has no bytes") }
        let instead = "download the archive instead"
        if isEncrypted { throw APIError(.unsupportedMediaType, "Entry \(number) is encrypted: \(instead)") }
        guard isKnownPacking else {
            throw APIError(
                .unsupportedMediaType,
                "Entry \(number) is compressed in a way other than deflate: \(instead)"
            )
        }
        guard isSmallEnough else {
            throw APIError(.unprocessableContent, "Entry \(number) has over \(Self.mostBytes) bytes: \(instead)")
        }
    }
}

extension APIError {
    fileprivate static let noEntry = APIError(.notFound, "The archive has no such entry")

    /// 415 (RFC 9110 section 15.5.16).
    fileprivate static func noEntries(_ type: String) -> APIError {
        APIError(.unsupportedMediaType, "The file is \(type), and no zip or tar archive: download it instead")
    }

    fileprivate static func unreadable(_ error: ArchiveError) -> APIError {
        switch error {
        case .damaged(let problem): APIError(.unprocessableContent, problem)
        case .tooManyBytes, .outOfTime:
            APIError(.unprocessableContent, "Too much stands before this entry: download the archive instead")
        }
    }
}
