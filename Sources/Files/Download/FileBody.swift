import Blobs
import HTTP
import Hummingbird
import NIOCore

/// Sends parts of a blob as the body of an answer: large parts of a file by sendfile if the connection can, others through
/// a buffer.
struct FileBody: Sendable {
    enum Piece: Sendable {
        /// What stands between ranges.
        case text(String)
        case file(Range<Int64>)
    }

    /// Up to this many bytes one read and one write are cheaper than the round trips of sendfile (docs/performance.md).
    static let bufferBytes: Int64 = 16_384
    private let reader: BlobReader
    private let connection: Connection

    init(_ reader: BlobReader, _ connection: Connection) {
        self.reader = reader
        self.connection = connection
    }

    /// The pieces as a body of known length. A single small range is read here and now; everything else while it is
    /// sent. The reader is closed afterwards.
    ///
    /// - Throws: ``BlobError``.
    nonisolated(nonsending) func sending(_ pieces: [Piece]) async throws -> ResponseBody {
        if case .file(let range)? = pieces.first, pieces.count == 1, range.count <= Self.bufferBytes {
            defer { reader.close() }
            return ResponseBody(byteBuffer: try await reader.read(range))
        }
        let length = pieces.reduce(0) { $0 + $1.byteCount }
        return ResponseBody(contentLength: length) { writer in
            defer { reader.close() }
            for piece in pieces {
                switch piece {
                case .text(let text): try await writer.write(ByteBuffer(string: text))
                case .file(let range): try await send(range, to: &writer)
                }
            }
            try await writer.finish(nil)
        }
    }

    /// Sends a range as it is. Returns when the connection has taken the bytes, and leaves the reader open.
    func send(_ range: Range<Int64>, to writer: inout any ResponseBodyWriter) async throws {
        if range.count > Self.bufferBytes, let region = reader.fileRegion(range), try await connection.sendFile(region)
        {
            return
        }
        try await reader.read(range) { try await writer.write($0) }
    }
}

extension FileBody.Piece {
    fileprivate var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .file(let range): range.count
        }
    }
}
