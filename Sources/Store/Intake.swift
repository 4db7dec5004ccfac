import Blobs
import MediaTypes
import NIOCore

/// The files of one request on their way in, from the first byte to the commit.
///
/// It owns every spool it gives out. This is the only place that discards one.
package final class Intake {
    /// How often, in bytes, the space left is looked at while a file arrives.
    private static let spaceInterval: Int64 = 8 << 20

    let store: FileStore
    private var spools: [Spool] = []
    /// Set when published bytes may be in use or could not be removed: their names in `incoming/` then stay, and the
    /// sweep at the next start finds out (invariant 7).
    var leavesNames = false

    fileprivate init(_ store: FileStore) {
        self.store = store
    }

    /// A place for the bytes of one file, received by one task.
    package func makeSpool() async throws -> Spool {
        let spool = try await store.blobs.makeSpool(sampleBytes: MediaTypeDetector.sampleBytes)
        spools.append(spool)
        return spool
    }

    /// Adds bytes to a spool, as long as they fit.
    ///
    /// - Throws: ``StoreError/fileTooLarge(limit:)`` and ``StoreError/noSpaceLeft``; ``BlobError``.
    package func append(_ bytes: ByteBuffer, to spool: Spool) async throws {
        let before = spool.byteCount
        let after = before + Int64(bytes.readableBytes)
        let limit = store.limits.maxFileBytes
        guard after <= limit else { throw StoreError.fileTooLarge(limit: limit) }
        // Asked again on the way: the length may not have been declared, and others write to the same disk.
        if before / Self.spaceInterval != after / Self.spaceInterval { try await store.checkSpace() }
        try await spool.append(bytes)
    }

    /// After the commit or instead of it.
    fileprivate func end() async {
        guard !leavesNames else { return }
        for spool in spools { await spool.discard() }
    }
}

extension FileStore {
    /// Lets `body` receive files and add them to the store. When it returns or throws, what it did not add is gone.
    ///
    /// When ``Intake/add(_:in:of:_:)`` throws because nobody can tell whether the commit happened, the published bytes
    /// stay: garbage at worst (invariant 2).
    package func receiving<Value: Sendable>(_ body: (Intake) async throws -> Value) async throws -> Value {
        let intake = Intake(self)
        do {
            let value = try await body(intake)
            await intake.end()
            return value
        } catch {
            await intake.end()
            throw error
        }
    }
}
