import Blobs
import Index

/// Parts of uploads in a bucket: how they come into it, and how they become a file.
extension FileStore {
    /// How often a part is published again because the collector gave it up before it was noted.
    private static let maxAttempts = 3

    /// Publishes what has come since the last part, and notes it.
    ///
    /// - Returns: how much is noted; nil when the upload has ended meanwhile.
    /// - Throws: ``StoreError/uploadHasMovedOn(to:)``. What is not noted is dropped then.
    func note(_ spool: PartSpool, of upload: PartialUpload, by principal: Principal) async throws -> Int? {
        guard spool.byteCount < upload.length, let rest = try await spool.rest() else {
            // Nothing has come, or all.
            return try await index.write(by: principal) { tx, user in
                try tx.prolong(upload.id, by: user)
                return try tx.partialUpload(upload.id, of: user, now: tx.now)?.received
            }
        }
        for _ in 1..<Self.maxAttempts {
            do {
                return try await note(rest, from: spool, of: upload, by: principal)
            } catch IndexError.missingReference {
                continue
            }
        }
        return try await note(rest, from: spool, of: upload, by: principal)
    }

    private func note(
        _ rest: SpooledBlob,
        from spool: PartSpool,
        of upload: PartialUpload,
        by principal: Principal
    ) async throws -> Int? {
        let key = try await spool.bucket.publish(rest, as: .part, under: lease).description
        let part = UploadPart(uploadID: upload.id, start: spool.noted, size: Int(rest.size), key: key)
        let (isNoted, upload) = try await index.write(by: principal) { tx, user in
            let isNoted = try tx.add(part, by: user)
            if isNoted { try tx.endPublish(of: key) } else { try tx.doom(key: key, notBefore: tx.now) }
            return (isNoted, try tx.partialUpload(part.uploadID, of: user, now: tx.now))
        }
        FaultPoint.reached(.partNoted)
        if isNoted {
            await spool.goOn(at: part.start + part.size)
            return spool.noted
        }
        await spool.dropRest()
        _ = try? await removeDoomed([key])
        if let upload { throw StoreError.uploadHasMovedOn(to: upload.received) }
        return nil
    }

    /// The bytes of an upload that is whole, as those of any file that was received, and the parts that they came in.
    func takeOver(
        _ upload: PartialUpload,
        _ writer: UploadWriter,
        by principal: Principal,
        _ intake: Intake
    ) async throws -> (SpooledBlob, [UploadPart]) {
        let spool: PartSpool
        switch writer {
        case .file(let file):
            _ = try await file.sync()
            return (try await intake.takeOver(upload), [])
        case .part(let part): spool = part
        }
        let parts = try await index.read { try $0.parts(of: upload.id) }
        if let all = try await spool.all() { return (all, parts) }
        do {
            return (try await intake.join(parts, spool, length: upload.length), parts)
        } catch BlobError.notFound, BlobError.otherBytes {
            // Another request may have ended the upload, and removed them. If not, they are lost.
            let found = try await index.read(by: principal) { try $0.partialUpload(upload.id, of: $1, now: .now()) }
            if let found, found.received != spool.noted { throw StoreError.uploadHasMovedOn(to: found.received) }
            try await forget(upload.id)
            throw StoreError.uploadHasEnded
        }
    }
}

extension Intake {
    /// Puts the parts of an upload and what has come since into one spool of this node.
    fileprivate func join(_ parts: [UploadPart], _ last: PartSpool, length: Int) async throws -> SpooledBlob {
        try await store.checkSpace(for: Int64(length))
        let spool = try await makeSpool()
        let objects = try parts.map { part in
            guard let key = BlobKey(part.key) else { throw IndexError.damaged }
            return (key, Int64(part.size))
        }
        try await last.bucket.read(objects) { try await append($0, to: spool) }
        if let rest = try await last.rest() { try await store.folder.read(rest) { try await append($0, to: spool) } }
        return try await spool.finish()
    }
}

extension Querying {
    /// What is to be told when an upload does not end where a request left it.
    func whyNotThere(_ id: PartialUpload.ID, of user: ActingUser) throws -> StoreError {
        try partialUpload(id, of: user, now: .now()).map { .uploadHasMovedOn(to: $0.received) } ?? .uploadHasEnded
    }
}
