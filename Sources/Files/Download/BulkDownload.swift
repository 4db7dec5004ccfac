import API
import Blobs
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import MediaTypes
import Store
import Zip

/// Many files as one zip archive (docs/api.md, "Downloads", Archives).
extension FilesModule {
    /// How many records are read before other requests on this thread get their turn. Each takes some 10 µs.
    private static let batch = 100

    /// Sends the files of `ids` while their archive is written. Names and sizes are those of this moment.
    ///
    /// There may be as many ids as fit in a JSON body.
    func bulkDownload(_ request: Request, _ context: UserContext) async throws -> Response {
        let ids = try await request.read(context) { $0.ids("ids", of: Attachment.self, count: 1...Int.max) }
        let files = try await archived(ids, by: context.principal)
        let archive = ZipBody(
            files: files,
            store: store,
            threads: threads,
            connection: context.connection
        )
        let headers: HTTPFields = [
            .contentType: "application/zip",
            .contentDisposition: ContentDisposition.header(.attachment, filename: "files.zip"),
            .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
            .crossOriginResourcePolicy: "same-origin",
            .referrerPolicy: "no-referrer",
        ]
        // Later the answer can only break off. All files are too many to open here.
        if let first = files.first { try await store.open(first.key, size: first.entry.size).close() }
        let origin = context.origin
        for file in files { audit.add(file.noted(by: origin)) }
        let body = ResponseBody(contentLength: archive.length) { try await archive.write(to: &$0) }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// The files of `ids` as entries of an archive, in that order. Repeats count once.
    ///
    /// - Throws: ``IndexError/notOwned`` when any file is another user's; otherwise ``APIError`` 404 for the first that
    ///   does not exist.
    private func archived(_ ids: [Attachment.ID], by principal: Principal) async throws -> [ArchivedFile] {
        var (seen, names) = (Set<Attachment.ID>(), EntryNames())
        let ids = ids.filter { seen.insert($0).inserted }
        var files: [ArchivedFile] = []
        var missing: Attachment.ID?
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let batch = ids[start..<min(start + Self.batch, ids.count)]
            let found = try await index.read(by: principal) { reader, user in
                try batch.map { try reader.file($0, ownedBy: user) }
            }
            for (id, file) in zip(batch, found) {
                guard let file else {
                    // Not thrown yet: a file of another user further on must be 403.
                    missing = missing ?? id
                    continue
                }
                files.append(try ArchivedFile(file, name: names.name(for: file.attachment.filename)))
            }
            await Task.yield()
        }
        guard let missing else { return files }
        throw APIError(.notFound, "File not found: \(missing.rawValue.prefix(100)); leave it out of ids")
    }
}
