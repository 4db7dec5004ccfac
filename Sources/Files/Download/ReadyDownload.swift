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
    /// Larger answers gain nothing, and their order at the end of the process is left to their tasks.
    private static var maxReadyBytes: Int { 1 << 20 }

    func readyDownload(_ request: ReadyRequest) -> ReadyAnswer? {
        let userID = User.ID(rawValue: request.agent.user)
        guard let known = recent.find(Attachment.ID(rawValue: request.id), of: userID, at: index.commitCount),
            let answer = answer(known, request)
        else { return nil }
        if !request.isHead {
            let origin = Origin(
                .key,
                userID: userID,
                credential: request.agent.key,
                address: request.client.addressText,
                requestID: request.requestID
            )
            let (file, channel) = (known.download.id.rawValue, known.download.channelID)
            audit.add(AuditEntry(known.download.action, file, in: channel, by: origin, at: .now()))
        }
        return answer
    }

    private func answer(_ known: RecentDownloads.Known, _ request: ReadyRequest) -> ReadyAnswer? {
        let (download, ready) = (known.download, known.ready)
        switch download.preconditions.evaluate(request.conditions) {
        case .failed: return nil
        case .notModified: return ReadyAnswer(ready.notModified)
        case .proceed: break
        }
        guard let reader = try? store.openNow(download.key, size: download.size) else { return nil }
        if request.isHead { return ReadyAnswer(ready.whole) }

        let range = download.preconditions.allowsRange(request.conditions) ? request.conditions[.range] : nil
        switch ByteRangeRequest(header: range, size: download.size) {
        case .whole: return Self.answer(ready.whole, 0..<download.size, of: reader)
        case .parts(let ranges) where ranges.count == 1:
            let fields = [
                (HTTPField.Name.contentRange, download.contentRange(ranges[0])), (.contentLength, "\(ranges[0].count)"),
            ]
            return Self.answer(ready.whole.with(.partialContent, fields), ranges[0], of: reader)
        case .parts, .unsatisfiable: return nil
        }
    }

    private static func answer(_ head: ReadyAnswer.Head, _ range: Range<Int64>, of reader: BlobReader) -> ReadyAnswer? {
        guard range.count <= Self.maxReadyBytes else { return nil }
        guard range.count <= FileBody.bufferBytes else {
            return ReadyAnswer(head, .file(reader.fileRegion(range), owner: reader))
        }
        guard let bytes = try? reader.readNow(range) else { return nil }
        return ReadyAnswer(head, .bytes(bytes))
    }
}
