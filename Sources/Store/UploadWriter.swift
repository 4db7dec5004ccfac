import Blobs
import NIOCore

/// The bytes that one request adds to an upload in parts.
package enum UploadWriter: Sendable {
    /// In the upload's own file.
    case file(PartialFile)
    /// On their way into the bucket.
    case part(PartSpool)

    /// How many the upload has, with those that are not noted yet.
    package var byteCount: Int {
        switch self {
        case .file(let file): Int(file.byteCount)
        case .part(let spool): spool.byteCount
        }
    }

    package func append(_ bytes: ByteBuffer) async throws {
        switch self {
        case .file(let file): try await file.append(bytes)
        case .part(let spool): try await spool.append(bytes)
        }
    }

    /// Drops what is not noted, if it cannot wait for the next request.
    package func end() async {
        if case .part(let spool) = self { await spool.end() }
    }
}
