import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Lines
import MediaTypes
import NIOCore
import Store

/// Some lines of a text file, without the rest (docs/api.md, "Lines of a text").
extension FilesModule {
    /// - Throws: ``APIError`` 400 for parameters that are not valid, 415 for bytes that are not text; as downloads.
    func lines(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let wanted = try LineRequest(request)
        let isPlain = try Self.wantsPlainText(request)
        let file = try await storedFile(context)
        let attachment = file.attachment
        guard MediaType.isText(type: attachment.mimeType, charset: attachment.charset) else {
            throw APIError.noLines(attachment.mimeType)
        }
        let key = try file.key()
        let reader = try await store.open(key, size: Int64(attachment.size))
        defer { reader.close() }
        let text = LineText(attachment, reader)
        let response = try await answer(wanted, text, key, isPlain: isPlain, request)
        if request.method == .get {
            let (id, channel) = (attachment.id.rawValue, attachment.channelID)
            audit.add(AuditEntry(.fileOpened, id, in: channel, by: context.origin, at: .now()))
        }
        return response
    }

    private func answer(
        _ wanted: LineRequest,
        _ text: LineText,
        _ key: BlobKey,
        isPlain: Bool,
        _ request: Request
    ) async throws -> Response {
        // The end of a text can be read without knowing how many lines are before it.
        if isPlain, case .tail(let count) = wanted {
            let page = try text.lastLines(count, lineCount: nil)
            if !page.lines.isEmpty || text.size == 0 {
                return .lines(page, next: nil, stopped: page.isFull ? .bytes : nil, request)
            }
        }
        let index = try await lineIndexes.index(of: text, key)
        let (page, found, next, stopped) = try Self.lines(wanted, of: text, index)
        if isPlain { return .lines(page, next: next, stopped: stopped, request) }
        return try .json(LinesJSON(page, found: found, total: index.lineCount, next: next, stopped: stopped))
    }

    private typealias Shown = (page: LinePage, found: [Int]?, next: Int?, stopped: LinesJSON.Stop?)

    private static func lines(_ wanted: LineRequest, of text: LineText, _ index: LineIndex) throws -> Shown {
        switch wanted {
        case .window(let from, let count):
            let page = try text.lines(from: from, count: count, by: index)
            let next = page.lines.last?.number.flatMap { $0 < index.lineCount ? $0 + 1 : nil }
            return (page, nil, next, page.isFull ? .bytes : nil)
        case .tail(let count):
            var page = try text.lastLines(count, lineCount: index.lineCount)
            if page.lines.isEmpty { page = try text.lines(from: max(index.lineCount, 1), count: 1, by: index) }
            return (page, nil, nil, page.lines.count < min(count, index.lineCount) ? .bytes : nil)
        case .search(let query):
            let end = ContinuousClock.now + Limits.lineSearch
            let hits = try text.hits(of: query.pattern, from: query.from, limit: query.limit, by: index) {
                ContinuousClock.now >= end
            }
            let (page, left) = try text.lines(hits.numbers, context: query.context, by: index)
            let stopped: LinesJSON.Stop? = page.isFull ? .bytes : hits.isOutOfTime ? .time : nil
            return (page, hits.numbers, left ?? hits.next, stopped)
        }
    }

    /// Whether the lines alone are wanted: by `format=text`, or by a client that likes plain text better than JSON.
    private static func wantsPlainText(_ request: Request) throws(APIError) -> Bool {
        switch try request.query("format") {
        case "text": return true
        case "json": return false
        case nil: return request.preferred(of: ["application/json", "text/plain"]) == "text/plain"
        default: throw .invalid("format", "must be json or text")
        }
    }
}

extension LineText {
    /// The text that a file is, which stops to be read when the task is cancelled.
    convenience init(_ file: Attachment, _ reader: BlobReader) {
        self.init(size: file.size, charset: file.charset) { bytes in
            Charset.text(ByteBuffer(bytes: bytes), charset: file.charset ?? "utf-8") ?? ""
        } read: { offset, buffer in
            try Task.checkCancellation()
            try reader.readNow(at: Int64(offset), into: buffer)
        }
    }
}

extension Response {
    /// The lines alone, each with a line end. A line that was cut says so at its end.
    fileprivate static func lines(
        _ page: LinePage,
        next: Int?,
        stopped: LinesJSON.Stop?,
        _ request: Request
    ) -> Response {
        var body = ByteBuffer()
        for line in page.lines {
            body.writeString(line.text)
            if line.isCut { body.writeString("… [cut: \(line.length) bytes]") }
            body.writeString("\n")
        }
        // The text is not ours: no browser may take it for anything else.
        let policy = ServingPolicy(type: "text/plain", charset: "utf-8", requested: nil)
        var headers: HTTPFields = [
            .contentType: policy.contentType, .contentSecurityPolicy: policy.contentSecurityPolicy,
            .xContentTypeOptions: "nosniff", .cacheControl: "no-store", .vary: "Accept",
        ]
        headers[.linesStopped] = stopped?.rawValue
        headers[.link] = next.map { request.linkToNext(String($0), as: "from") }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension HTTPField.Name {
    fileprivate static let linesStopped = HTTPField.Name("lines-stopped")!
}
