import Blobs
import HTTP
import Hummingbird
import Index
import MediaTypes
import NIOCore
import NIOPosix
import Store
import Zip

/// A file that goes into an archive, with everything that the archive says of it before its bytes.
struct ArchivedFile: Sendable {
    let key: BlobKey
    let entry: ZipEntry
    /// The file, and the channel that it is in.
    private let id: Attachment.ID
    private let channelID: Agent.ID

    /// - Parameter name: in the archive, where no other file may have it.
    /// - Throws: ``StoreError/damagedRecord(attachmentID:)``.
    init(_ file: StoredFile, name: String) throws {
        let attachment = file.attachment
        key = try file.key()
        (id, channelID) = (attachment.id, attachment.channelID)
        entry = ZipEntry(
            name: name,
            size: Int64(attachment.size),
            crc32: file.crc32,
            modified: attachment.createdAt.milliseconds / 1000,
            method: MediaType.isCompressible(type: attachment.mimeType) ? .deflated : .stored
        )
    }

    /// What the audit log has of it.
    func noted(by origin: Origin) -> AuditEntry {
        AuditEntry(.fileDownloaded, id.rawValue, in: channelID, by: origin, at: .now())
    }
}

/// Sends files as one zip archive while the archive is made. They are read one after another, so one is open at a time,
/// and memory does not grow with their sizes.
///
/// Checksums come from the index. So nothing is read twice, and whoever unpacks the archive notices bytes that were
/// damaged here. A file that is deleted meanwhile is still sent as long as its bytes are there. When they are not,
/// sending breaks off before the archive has its end, so that nobody takes half an archive for a whole one.
struct ZipBody: Sendable {
    /// Headers and small files are gathered up to this many bytes before they are sent.
    private static let pendingBytes = 65_536

    let files: [ArchivedFile]
    let store: FileStore
    let threads: NIOThreadPool
    let connection: Connection

    /// Of the archive, in bytes; nil when files are to be compressed, because nobody knows yet how far.
    var length: Int? {
        let isKnown = files.allSatisfy { $0.entry.method == .stored }
        return isKnown ? Int(ZipWriter.length(ofStored: files.lazy.map(\.entry))) : nil
    }

    /// Writes the whole archive and ends the body.
    ///
    /// - Throws: what reading a file throws, and what the connection throws. The body then has no proper end.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        var (zip, pending) = (ZipWriter(), ByteBuffer())
        let deflater = length == nil ? Deflater() : nil
        for file in files {
            pending.writeImmutableBuffer(zip.begin(file.entry))
            let size = try await send(file, deflater, after: &pending, to: &writer)
            pending.writeImmutableBuffer(zip.end(compressedSize: size))
        }
        try await flush(&pending, to: &writer)
        try await zip.finish { part in try await writer.write(part) }
        try await writer.finish(nil)
    }

    /// - Returns: how many bytes the file takes in the archive, without its headers.
    private func send(
        _ file: ArchivedFile,
        _ deflater: Deflater?,
        after pending: inout ByteBuffer,
        to writer: inout any ResponseBodyWriter
    ) async throws -> Int64 {
        let entry = file.entry
        let reader = try await store.open(file.key, size: entry.size)
        defer { reader.close() }
        if entry.method == .deflated, let deflater {
            return try await sendDeflated(reader, deflater, after: &pending, to: &writer)
        }
        if entry.size <= FileBody.bufferBytes {
            pending.writeImmutableBuffer(try await reader.read(0..<entry.size))
            if pending.readableBytes >= Self.pendingBytes { try await flush(&pending, to: &writer) }
        } else {
            try await flush(&pending, to: &writer)
            try await FileBody(reader, connection).send(0..<entry.size, to: &writer)
        }
        return entry.size
    }

    /// Compresses 256 KiB at a time, on a thread of the pool.
    private func sendDeflated(
        _ reader: BlobReader,
        _ deflater: Deflater,
        after pending: inout ByteBuffer,
        to writer: inout any ResponseBodyWriter
    ) async throws -> Int64 {
        var (start, sent) = (Int64(0), Int64(0))
        repeat {
            let end = min(start + BlobReader.chunkBytes, reader.size)
            let bytes = try await reader.read(start..<end)
            let isLast = end == reader.size
            let compressed = try await threads.runIfActive { deflater.deflate(bytes, isLast: isLast) }
            sent += Int64(compressed.readableBytes)
            pending.writeImmutableBuffer(compressed)
            if pending.readableBytes >= Self.pendingBytes { try await flush(&pending, to: &writer) }
            start = end
        } while start < reader.size
        return sent
    }

    private func flush(_ pending: inout ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        guard pending.readableBytes > 0 else { return }
        try await writer.write(pending)
        pending = ByteBuffer()
    }
}
