import Blobs
import Index

/// How a half of the store is.
package enum Writability: String, Sendable {
    /// It takes content.
    case ok
    /// No space is left, or only the reserve.
    case full
    case unwritable
    /// The index makes no sense in a place, and not all writes work; or stored bytes are missing, which hinders no other
    /// file.
    case damaged
}

extension FileStore {
    /// What the disk has left for this process, in bytes, the reserve included.
    package func freeBytes() async throws(BlobError) -> Int64 {
        try await folder.freeBytes()
    }

    /// Tries both halves with a real, durable write. That costs a few flushes of the disk, so do not run it for every
    /// caller.
    package func writability() async -> (index: Writability, bytes: Writability) {
        let bytes = await Self.outcome { try await blobs.checkWritable() }
        return (
            await Self.outcome { try await index.checkWritable() },
            bytes == .ok && damage.count > 0 ? .damaged : bytes
        )
    }

    private static func outcome(_ check: () async throws -> Void) async -> Writability {
        do {
            try await check()
            return .ok
        } catch BlobError.storageFull, IndexError.full, IndexError.reserveReached {
            return .full
        } catch IndexError.damaged {
            return .damaged
        } catch {
            return .unwritable
        }
    }
}
