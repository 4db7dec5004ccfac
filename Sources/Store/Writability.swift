import Blobs
import Index

/// Whether a half of the store can be written.
package enum Writability: String, Sendable {
    case ok, full, unwritable
}

extension FileStore {
    /// Tries both halves with a real, durable write. That costs a few flushes of the disk, so do not run it for every
    /// caller.
    package func writability() async -> (index: Writability, bytes: Writability) {
        (
            await Self.outcome { try await index.checkWritable() },
            await Self.outcome { try await blobs.checkWritable() }
        )
    }

    private static func outcome(_ check: () async throws -> Void) async -> Writability {
        do {
            try await check()
            return .ok
        } catch BlobError.storageFull, IndexError.full {
            return .full
        } catch {
            return .unwritable
        }
    }
}
