import Blobs
import Index
import MediaTypes
import NIOCore

/// The files of one request on their way in, from the first byte to the commit.
///
/// It owns every spool it hands out, and it alone discards them.
package final class Intake {
    /// How many bytes may arrive before the free space is checked again.
    private static let spaceInterval: Int64 = 8 << 20

    let store: FileStore
    private var spools: [Spool] = []
    /// What was received as an upload in parts.
    private var taken: [SpooledBlob] = []
    private(set) var reservation: Reservation?
    /// The bytes of all files so far.
    private var received = 0
    /// Set when published bytes may be in use, or could not be removed. Their names then stay in `incoming/`, and the
    /// sweep at the next start decides about them (invariant 7).
    var leavesNames = false

    fileprivate init(_ store: FileStore) {
        self.store = store
    }

    /// Reserves room for an upload of one file in the quotas of its user. From then on ``append(_:to:)`` reserves what
    /// it adds. What cannot fit for sure is refused.
    ///
    /// - Parameters:
    ///   - length: the declared length of the body, in bytes; 0 when it is not declared.
    ///   - key: under which it may be a repeat, which needs no room.
    /// - Throws: ``StoreError/quotaReached(_:)``; as ``StoreIndex/read(by:_:)``.
    package func reserve(length: Int64, for principal: Principal, key: String?) async throws {
        let reservation = Reservation(store, for: principal, key: key)
        self.reservation = reservation
        try await reservation.cover(Int(max(length - FileStore.bodyOverhead, 0)), received: 0)
    }

    /// Lets what is reserved count for a channel too. Without a reservation it has no effect.
    ///
    /// - Throws: as ``reserve(length:for:key:)``.
    package func reserve(in channelID: Agent.ID) async throws {
        try await reservation?.include(channel: channelID)
    }

    /// Opens a spool for the bytes of one file. Only one task may fill it.
    package func makeSpool() async throws -> Spool {
        let spool = try await store.folder.makeSpool(sampleBytes: MediaTypeDetector.sampleBytes)
        spools.append(spool)
        return spool
    }

    /// Takes the bytes of an upload in parts, all of which are there.
    func takeOver(_ upload: PartialUpload) async throws -> SpooledBlob {
        let bytes = try await store.folder.takeOver(upload.id.rawValue, sampleBytes: MediaTypeDetector.sampleBytes)
        taken.append(bytes)
        return bytes
    }

    /// Appends bytes to a spool, if they fit.
    ///
    /// - Throws: ``StoreError/fileTooLarge(limit:)``, ``StoreError/noSpaceLeft`` and ``StoreError/quotaReached(_:)``;
    ///   ``BlobError``.
    package func append(_ bytes: ByteBuffer, to spool: Spool) async throws {
        let before = spool.byteCount
        let after = before + Int64(bytes.readableBytes)
        let limit = store.limits.maxFileBytes
        guard after <= limit else { throw StoreError.fileTooLarge(limit: limit) }
        // Checked again on the way: the length may not have been declared, and others write to the same disk.
        if before / Self.spaceInterval != after / Self.spaceInterval {
            try await store.checkSpace()
            try await reservation?.askIndex()
        }
        received += bytes.readableBytes
        try await reservation?.cover(received, received: received)
        try await spool.append(bytes)
    }

    /// Discards the spools, after the commit or instead of it.
    fileprivate func end() async {
        if let reservation { store.reservations.release(reservation.id) }
        for spool in spools { await spool.discard(leavingPublished: leavesNames) }
        for blob in taken { await store.folder.discard(blob, leavingPublished: leavesNames) }
    }
}

extension FileStore {
    /// Lets `body` receive files and add them to the store. Once it returns or throws, whatever it has not added is
    /// gone.
    ///
    /// There is one exception. When ``Intake/add(_:in:by:_:)`` throws and cannot tell whether the commit happened,
    /// the published bytes stay. At worst they are garbage (invariant 2).
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
