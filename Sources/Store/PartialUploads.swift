import Blobs
import Index
import MediaTypes
import NIOCore

/// Uploads that come in parts (invariant 9). The index says how far each is; its bytes wait in `incoming/`.
extension FileStore {
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
    /// is forgotten.
    ///
    /// - Throws: ``StoreError/uploadIsElsewhere`` where other nodes share the index: one of them may have the bytes.
    package func partialUpload(_ id: PartialUpload.ID, by principal: Principal) async throws -> PartialUpload? {
        // While another request writes, what it does with row and bytes cannot be judged.
        guard let turn = uploadTurns.take(id) else {
            return try await index.read(by: principal) { try $0.partialUpload(id, of: $1, now: .now()) }
        }
        defer { turn.end() }
        return try await partialUpload(turn, by: principal)
    }

    /// The same within a turn.
    package func partialUpload(_ turn: UploadTurn, by principal: Principal) async throws -> PartialUpload? {
        let id = turn.id
        let found = try await index.read(by: principal) { try $0.partialUpload(id, of: $1, now: .now()) }
        guard let found, found.received < found.length else { return found }
        if try await folder.hasPartial(id.rawValue, bytes: Int64(found.received)) { return found }
        if index.isShared { throw StoreError.uploadIsElsewhere }
        _ = try await forget(turn, by: principal)
        return nil
    }

    /// Takes the turn at an upload: of two requests that would write, one does.
    ///
    /// - Throws: ``StoreError/uploadIsBusy``.
    package func turn(at id: PartialUpload.ID) throws -> UploadTurn {
        guard let turn = uploadTurns.take(id) else { throw StoreError.uploadIsBusy }
        return turn
    }

    /// Opens the bytes of an upload, to be appended to; nil when they are gone, and then it is forgotten.
    package func open(_ upload: PartialUpload, _ turn: UploadTurn, by principal: Principal) async throws -> PartialFile?
    {
        // It must not expire while bytes come. Mostly it has just been noted.
        if upload.expiresAt < .now() + PartialUpload.lifetime / 2 {
            try await index.write(by: principal) { try $0.prolong(upload.id, by: $1) }
        }
        if let file = try await folder.openPartial(upload.id.rawValue, at: Int64(upload.received)) { return file }
        if index.isShared { throw StoreError.uploadIsElsewhere }
        _ = try await forget(turn, by: principal)
        return nil
    }

    /// Makes what has arrived durable, and then notes it. The last byte is never noted here: with it comes the end.
    ///
    /// - Returns: how much is noted; nil when the upload has ended meanwhile.
    package func note(_ file: PartialFile, of upload: PartialUpload, by principal: Principal) async throws -> Int? {
        let received = min(Int(try await file.sync()), upload.length - 1)
        let isOpen = try await index.write(by: principal) { try $0.note(received: received, of: upload.id, by: $1) }
        FaultPoint.reached(.partNoted)
        if !isOpen { try await folder.removePartials([upload.id.rawValue]) }
        return isOpen ? received : nil
    }

    /// Makes a file of an upload whose bytes are all here, by the way of every upload.
    ///
    /// - Throws: as ``Intake/add(_:in:by:_:)``; ``StoreError/uploadHasEnded``. The upload can then go on where it was noted
    ///   last.
    package func finish(_ upload: PartialUpload, by principal: Principal) async throws -> Attachment {
        let file = try await receiving { intake in
            let bytes = try await intake.takeOver(upload)
            let file = ReceivedFile(bytes, filename: upload.filename, declaredType: upload.declaredType)
            return try await intake.add(file, in: upload.channelID, by: principal) { tx, user, _, attach in
                // First: else its bytes would count twice in the quotas.
                guard try tx.complete(upload.id, by: user) else { throw StoreError.uploadHasEnded }
                let attachment = try attach(nil)[0]
                try tx.note(attachment.id, of: upload.id)
                return attachment
            }
        }
        // The file is stored by now. What cannot be removed goes at the next start.
        try? await folder.removePartials([upload.id.rawValue])
        return file.attachment
    }

    /// Forgets an upload and removes its bytes. False when there is none.
    package func forget(_ turn: UploadTurn, by principal: Principal) async throws -> Bool {
        let id = turn.id
        guard try await index.write(by: principal, { try $0.removePartialUpload(id, of: $1) }) else { return false }
        try await folder.removePartials([id.rawValue])
        return true
    }

    /// Forgets an upload that the caller has just begun, whether or not the caller's authority has ended since.
    package func abandon(_ turn: UploadTurn) async throws {
        let id = turn.id
        try await index.write(for: .upkeep) { try $0.removePartialUpload(id) }
        try await folder.removePartials([id.rawValue])
    }

    /// Forgets uploads as they expire, and removes their bytes, until the task is cancelled. Who writes to one meanwhile
    /// finds no row at the next note.
    package func removeExpiredUploads() async throws {
        while true {
            let ids = try await removeExpired()
            guard ids.isEmpty else { continue }
            try await index.sleep(until: try await nextUploadEnd(), listeningTo: .everything, next: nextUploadEnd)
        }
    }

    func removeExpired() async throws -> [PartialUpload.ID] {
        let ids = try await index.write(for: .upkeep) { try $0.removeExpiredPartialUploads(limit: Sweep.batch) }
        try await folder.removePartials(ids.map(\.rawValue))
        return ids
    }

    private func nextUploadEnd() async throws -> Timestamp? {
        try await index.read { try $0.nextPartialUploadEnd() }
    }
}
