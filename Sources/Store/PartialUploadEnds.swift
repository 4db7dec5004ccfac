import Blobs
import Index

/// How uploads in parts end: as a file, or without one. Their bytes go with their rows.
extension FileStore {
    /// Makes a file of an upload whose bytes are all here, by the way of every upload.
    ///
    /// - Throws: as ``Intake/add(_:in:by:_:)``; ``StoreError/uploadHasEnded``, ``StoreError/uploadHasMovedOn(to:)``. The
    ///   upload can then go on where it was noted last.
    package func finish(
        _ upload: PartialUpload,
        _ writer: UploadWriter,
        by principal: Principal
    ) async throws -> Attachment {
        let id = upload.id
        let noted: Int? = if case .part(let spool) = writer { spool.noted } else { nil }
        let (file, parts) = try await receiving { intake in
            let (bytes, parts) = try await takeOver(upload, writer, by: principal, intake)
            let received = ReceivedFile(bytes, filename: upload.filename, declaredType: upload.declaredType)
            let file = try await intake.add(received, in: upload.channelID, by: principal) { tx, user, _, attach in
                // First: else its bytes would count twice in the quotas.
                guard try tx.complete(id, from: noted, by: user) else { throw try tx.whyNotThere(id, of: user) }
                let attachment = try attach(nil)[0]
                try tx.note(attachment.id, of: id)
                return attachment
            }
            return (file, parts)
        }
        // The file is stored by now. What cannot be removed goes at the next start, or is doomed.
        try? await removeBytes(of: [id], parts)
        return file.attachment
    }

    /// Forgets an upload and removes its bytes. False when there is none.
    package func forget(_ turn: UploadTurn, by principal: Principal) async throws -> Bool {
        let id = turn.id
        let parts = try await index.write(by: principal) { tx, user in
            let parts = try tx.parts(of: id)
            return try tx.removePartialUpload(id, of: user) ? parts : nil
        }
        guard let parts else { return false }
        try await removeBytes(of: [id], parts)
        return true
    }

    /// Forgets an upload that the caller has just begun, whether or not the caller's authority has ended since.
    package func abandon(_ turn: UploadTurn) async throws {
        try await forget(turn.id)
    }

    func forget(_ id: PartialUpload.ID) async throws {
        let parts = try await index.write(for: .upkeep) { tx in
            let parts = try tx.parts(of: id)
            try tx.removePartialUpload(id)
            return parts
        }
        try await removeBytes(of: [id], parts)
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
        let (ids, parts) = try await index.write(for: .upkeep) { tx in
            let ids = try tx.expiredPartialUploads(limit: Sweep.batch)
            let parts = try ids.flatMap { try tx.parts(of: $0) }
            for id in ids { try tx.removePartialUpload(id) }
            return (ids, parts)
        }
        try await removeBytes(of: ids, parts)
        return ids
    }

    private func nextUploadEnd() async throws -> Timestamp? {
        try await index.read { try $0.nextPartialUploadEnd() }
    }

    /// Removes the bytes of uploads whose rows are gone.
    private func removeBytes(of ids: [PartialUpload.ID], _ parts: [UploadPart]) async throws {
        if !blobs.leases { return try await folder.removePartials(ids.map(\.rawValue)) }
        // They are doomed. What the bucket does not remove now goes later.
        if !parts.isEmpty { _ = try? await removeDoomed(parts.map(\.key)) }
    }
}
