import Blobs
import Index
import MediaTypes
import NIOCore

/// Uploads that come in parts (invariant 9). The index says how far each is; its bytes wait in `incoming/`, or in the
/// bucket, where each node finds them (PartSpool.swift).
extension FileStore {
    /// How many bytes of one request may arrive before they are noted, so that no crash costs more, and before the free
    /// space is looked at again. So large are the parts in a bucket, too.
    package static let noteInterval = 32 << 20

    /// Notes an upload of which nothing is here yet, if it fits.
    ///
    /// - Parameter most: how many a user may have open.
    /// - Throws: ``StoreError/tooManyUploads(_:)``, ``StoreError/quotaReached(_:)`` and as ``admit(length:)``;
    ///   ``IndexError/notOwned``.
    package func begin(_ upload: PartialUpload, by principal: Principal, most: Int) async throws {
        guard upload.length <= limits.maxFileBytes else { throw StoreError.fileTooLarge(limit: limits.maxFileBytes) }
        try await checkSpace(for: Int64(upload.length))
        // Uploads under way have what they reserved, of which the index does not know.
        let reservation = Reservation(self, for: principal, key: nil)
        let (id, reservations, quotas) = (reservation.id, reservations, limits.quotas)
        defer { reservations.release(id) }
        try await reservation.include(channel: upload.channelID)
        try await reservation.cover(upload.length, received: 0)
        try await index.write(by: principal) { tx, user in
            let channel = try tx.channel(upload.channelID, ownedBy: user)
            guard try tx.openUploads(of: user) < most else { throw StoreError.tooManyUploads(most) }
            for room in quotas.rooms(try tx.usage(of: user, in: channel.id), of: user.id, in: channel.id) {
                if let refusal = room.refusal(of: upload.length, beside: 0) { throw StoreError.quotaReached(refusal) }
            }
            try tx.insert(upload, in: channel)
            // From here on the index counts it.
            reservations.release(id)
        }
    }

    /// An upload of the caller's as it stands; nil when there is none, or its bytes are gone, as after a restore: then it
    /// is forgotten. Who asks keeps nobody from writing.
    package func partialUpload(_ id: PartialUpload.ID, by principal: Principal) async throws -> PartialUpload? {
        let (found, lacksBytes) = try await lookAt(id, by: principal)
        // While another request writes, what it does with row and bytes cannot be judged. Hence the turn, and a second
        // look.
        guard lacksBytes, let turn = uploadTurns.take(id) else { return found }
        defer { turn.end() }
        return try await partialUpload(turn, by: principal)
    }

    /// The same within a turn.
    package func partialUpload(_ turn: UploadTurn, by principal: Principal) async throws -> PartialUpload? {
        let (found, lacksBytes) = try await lookAt(turn.id, by: principal)
        guard lacksBytes else { return found }
        _ = try await forget(turn, by: principal)
        return nil
    }

    private func lookAt(
        _ id: PartialUpload.ID,
        by principal: Principal
    ) async throws -> (PartialUpload?, lacksBytes: Bool) {
        let (found, partBytes) = try await index.read(by: principal) {
            (try $0.partialUpload(id, of: $1, now: .now()), try $0.partBytes(of: id))
        }
        guard let found, found.received < found.length else { return (found, false) }
        let isHere =
            if blobs.leases { partBytes == found.received } else {
                try await folder.hasPartial(id.rawValue, bytes: Int64(found.received))
            }
        return (found, !isHere)
    }

    /// Takes the turn at an upload: of two requests to this node that would write, one does.
    ///
    /// - Throws: ``StoreError/uploadIsBusy``.
    package func turn(at id: PartialUpload.ID) throws -> UploadTurn {
        guard let turn = uploadTurns.take(id) else { throw StoreError.uploadIsBusy }
        return turn
    }

    /// Opens an upload, to be appended to; nil when its bytes are gone, and then it is forgotten. Who has it ends it.
    ///
    /// - Parameter hasAll: whether the request may bring all of it, and in several parts.
    package func open(
        _ upload: PartialUpload,
        _ turn: UploadTurn,
        by principal: Principal,
        hasAll: Bool = false
    ) async throws -> UploadWriter? {
        // It must not expire while bytes come. Mostly it has just been noted.
        if upload.expiresAt < .now() + PartialUpload.lifetime / 2 {
            try await index.write(by: principal) { try $0.prolong(upload.id, by: $1) }
        }
        if case .bucket(let bucket) = blobs {
            let mayBeWhole = hasAll && upload.received == 0 && upload.length > Self.noteInterval
            let whole = mayBeWhole ? try await folder.makeSpool(sampleBytes: MediaTypeDetector.sampleBytes) : nil
            return .part(PartSpool(at: upload.received, for: bucket, in: folder, whole: whole))
        }
        let file = try await folder.openPartial(upload.id.rawValue, at: Int64(upload.received))
        if file == nil { _ = try await forget(turn, by: principal) }
        return file.map { .file($0) }
    }

    /// Makes what has arrived durable, and then notes it. The last byte is never noted here: with it comes the end.
    ///
    /// - Returns: how much is noted; nil when the upload has ended meanwhile.
    /// - Throws: ``StoreError/uploadHasMovedOn(to:)``.
    package func note(
        _ writer: UploadWriter,
        of upload: PartialUpload,
        by principal: Principal
    ) async throws -> Int? {
        switch writer {
        case .file(let file): try await note(file, of: upload, by: principal)
        case .part(let spool): try await note(spool, of: upload, by: principal)
        }
    }

    private func note(_ file: PartialFile, of upload: PartialUpload, by principal: Principal) async throws -> Int? {
        let received = min(Int(try await file.sync()), upload.length - 1)
        let isOpen = try await index.write(by: principal) { try $0.note(received: received, of: upload.id, by: $1) }
        FaultPoint.reached(.partNoted)
        if !isOpen { try await folder.removePartials([upload.id.rawValue]) }
        return isOpen ? received : nil
    }
}
