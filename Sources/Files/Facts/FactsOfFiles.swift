import API
import Archives
import Blobs
import Index
import Lines
import MediaFacts
import MediaTypes
import Store

/// What the bytes of a file say at a glance (docs/api.md, "Facts").
extension FilesModule {
    private static let archives: Set = [
        "application/zip", "application/x-tar", "application/gzip", "application/x-gzip", "application/java-archive",
    ]
    private static let tables: Set = ["text/csv", "text/tab-separated-values"]

    /// Looks at the bytes for as long as ``Limits/look``. Blocks its thread.
    ///
    /// - Throws: as downloads, and ``LineIndexes/index(of:_:)``.
    func facts(of file: StoredFile) async throws -> FactsJSON {
        let (type, end) = (file.attachment.mimeType, ContinuousClock.now + Limits.look)
        let isOver = { ContinuousClock.now >= end }
        let reader = try await store.open(try file.key(), size: Int64(file.attachment.size))
        defer { reader.close() }
        if MediaType.isText(type: type, charset: file.attachment.charset) {
            return try await factsOfText(file, reader, until: isOver)
        }
        let read = { (offset: Int64, buffer: UnsafeMutableRawBufferPointer) in
            try Task.checkCancellation()
            try reader.readNow(at: offset, into: buffer)
        }
        var facts = FactsJSON()
        let media = MediaFile(size: reader.size, read: read)
        if type.hasPrefix("image/") {
            let size = try PictureSize(of: media)
            (facts.width, facts.height) = (size?.width, size?.height)
        } else if type.hasPrefix("audio/") || type.hasPrefix("video/") {
            facts.seconds = try PlayingTime.seconds(of: media)
        } else if type == "application/pdf" {
            facts.pages = try PageCount.pages(of: media)
        } else if Self.archives.contains(type) {
            let list = try Archive(size: reader.size, read: read, until: isOver)?.list(from: 1, count: 0)
            facts.entries = list?.total
            if list?.stopped == .time { facts.stopped = .time }
        }
        return facts
    }

    private func factsOfText(
        _ file: StoredFile,
        _ reader: BlobReader,
        until isOver: () -> Bool
    ) async throws -> FactsJSON {
        var facts = FactsJSON()
        let text = LineText(file.attachment, reader)
        let (lines, tally) = try await lineIndexes.tally(of: text, try file.key(), until: isOver)
        (facts.lines, facts.errors, facts.warnings) = (lines, tally?.errors, tally?.warnings)
        (facts.firstError, facts.groups) = (tally?.firstError, tally?.groups)
        facts.seconds = tally?.milliseconds.map { Double($0) / 1000 }
        let isTable = Self.tables.contains(file.attachment.mimeType)
        if isTable, let shape = try text.tableShape(until: isOver) {
            (facts.rows, facts.columns) = (shape.rows, shape.columns)
        }
        if tally == nil || isTable && isOver() { facts.stopped = .time }
        return facts
    }
}
