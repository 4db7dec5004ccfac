import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import NIOCore
import Store

/// The heads of the answers to a download, kept as they are written.
struct ReadyHeads: Sendable {
    let whole: ReadyAnswer.Head
    let notModified: ReadyAnswer.Head

    init(_ download: Download) {
        whole = ReadyAnswer.Head(.ok, download.head.headers)
        notModified = ReadyAnswer.Head(.notModified, download.validators)
    }
}

/// Downloads that are answered on the event loop: of files that were downloaded lately, whole or one range, and what a
/// client that has the file already is told. It is the same as ``FilesModule/download(_:_:)``, whose rules it takes.
extension FilesModule {
    func readyDownload(_ request: ReadyRequest) -> ReadyAnswer? {
        let userID = User.ID(rawValue: request.agent.user)
        let commitCount = index.commitCount
        guard request.parameters.queryText.isEmpty,
            let known = recent.find(request.parameters.id(of: Attachment.self), of: userID, at: commitCount),
            let answer = answer(known, request, at: commitCount)
        else { return nil }
        if !request.isHead {
            let origin = Origin(
                .key,
                userID: userID,
                credential: request.agent.key,
                address: request.address,
                requestID: request.requestID
            )
            let (file, channel) = (known.download.id.rawValue, known.download.channelID)
            audit.add(AuditEntry(known.download.action, file, in: channel, by: origin, at: .now()))
        }
        return answer
    }

    private func answer(
        _ known: RecentDownloads.Known,
        _ request: ReadyRequest,
        at commitCount: UInt64
    ) -> ReadyAnswer? {
        let (download, ready) = (known.download, known.ready)
        switch download.preconditions.evaluate(request.conditions) {
        case .failed: return nil
        case .notModified: return ReadyAnswer(ready.notModified)
        case .proceed: break
        }
        guard let source = known.content.map(Source.content) ?? source(download, request, at: commitCount) else {
            return nil
        }
        if request.isHead { return ReadyAnswer(ready.whole) }

        let range = download.preconditions.allowsRange(request.conditions) ? request.conditions[.range] : nil
        switch ByteRangeRequest(header: range, size: download.size) {
        case .whole: return source.body(0..<download.size).map { ReadyAnswer(ready.whole, $0) }
        case .parts(let ranges) where ranges.count == 1:
            let fields = [
                (HTTPField.Name.contentRange, download.contentRange(ranges[0])), (.contentLength, "\(ranges[0].count)"),
            ]
            return source.body(ranges[0]).map { ReadyAnswer(ready.whole.with(.partialContent, fields), $0) }
        case .parts, .unsatisfiable: return nil
        }
    }

    /// The bytes of a file, those of a small one read and kept for the next request. Nil when it cannot be opened.
    private func source(_ download: Download, _ request: ReadyRequest, at commitCount: UInt64) -> Source? {
        guard let reader = try? store.openNow(download.key, size: download.size) else { return nil }
        guard download.size <= RecentDownloads.contentBytes else { return .file(reader) }
        guard let content = try? reader.readNow(0..<download.size) else { return nil }
        recent.keep(content, of: download.id, of: User.ID(rawValue: request.agent.user), at: commitCount)
        return .content(content)
    }

    private enum Source {
        case content(ByteBuffer)
        case file(BlobReader)

        /// Larger answers gain nothing, and their order at the end of the process is left to their tasks.
        static let maxBytes = 1 << 20

        /// Nil when only a task should send it.
        func body(_ range: Range<Int64>) -> ReadyAnswer.Body? {
            guard range.count <= Self.maxBytes else { return nil }
            switch self {
            case .content(let content):
                let start = content.readerIndex + Int(range.lowerBound)
                return content.getSlice(at: start, length: range.count).map { .bytes($0) }
            // One write instead of two, and so one packet that wakes the client.
            case .file(let reader) where range.count <= RecentDownloads.contentBytes:
                return (try? reader.readNow(range)).map { .bytes($0) }
            case .file(let reader): return reader.fileRegion(range).map { .file($0, owner: reader) }
            }
        }
    }
}
