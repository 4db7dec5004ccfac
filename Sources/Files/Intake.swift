import Blobs
import Index
import MediaType
import NIOCore
import NIOPosix
import Routing

/// The way of a received file into the store: publish the bytes, commit the rows, drop the spool.
///
/// When ``store(_:in:of:message:)`` returns, bytes and rows are durable (invariants 1 and 4). When it throws, neither
/// is left; except that when the commit failed in a way that does not tell whether it happened, the
/// published bytes stay: garbage at worst (invariant 2).
struct Intake: Sendable {
    /// How long a stored file waits to be attached before the collector may take it.
    static let unattachedLifetime = Duration.seconds(24 * 60 * 60)
    /// How often to publish anew when the collector took the blob between look-up and commit.
    private static let maxAttempts = 3

    let index: Index
    let blobs: DiskBlobStore
    let detector: MediaTypeDetector
    let threads: NIOThreadPool

    /// - Throws: ``APIError`` 403 when the channel is not the user's; ``BlobError`` and ``IndexError`` when the store
    ///   cannot take the file.
    func store(
        _ file: ReceivedFile,
        in channelID: String,
        of userID: String,
        message: NewMessage? = nil
    ) async throws -> Attachment {
        let draft: Draft
        do {
            // Asked again in the transaction; here it saves publishing what will be refused.
            guard try await index.read({ try $0.owns(channelID, userID: userID) }) else { throw APIError.notYourAgent }
            let type = try await detect(file)
            draft = Draft(file: file, type: type, detector: detector.version, channelID: channelID, userID: userID)
        } catch {
            await blobs.discard(file.bytes)
            throw error
        }
        for _ in 1..<Self.maxAttempts {
            do {
                return try await commit(draft, message)
            } catch IndexError.missingReference {
                continue  // The blob we relied on went meanwhile: publish our own bytes.
            }
        }
        do {
            return try await commit(draft, message)
        } catch IndexError.missingReference {
            await blobs.discard(file.bytes)
            throw IndexError.missingReference
        }
    }

    /// One attempt. The spool is dropped at its end, except when it throws `.missingReference` (it is needed for the next
    /// attempt) and when published bytes could be in use or could not be removed: its name in `incoming/` then lets the
    /// sweep at the next start find out (invariant 7).
    private func commit(_ draft: Draft, _ message: NewMessage?) async throws -> Attachment {
        let key = try await publishIfNew(draft.file.bytes)
        do {
            let stored = try await index.write { tx in try draft.insert(tx, publishedAs: key, message: message) }
            if let key, !stored.keptOurKey { await remove(doomed: key) }
            await blobs.discard(draft.file.bytes)
            return stored.attachment
        } catch let error as IndexError where !error.meansNothingWasStored {
            throw error
        } catch {
            if let key { try await blobs.remove(key) }
            if error as? IndexError != .missingReference { await blobs.discard(draft.file.bytes) }
            throw error
        }
    }

    /// - Returns: the fresh key, or nil when the index knows the digest.
    private func publishIfNew(_ bytes: SpooledBlob) async throws -> BlobKey? {
        do {
            let digest = bytes.digest.hex
            let isKnown = try await index.read { try $0.blob(sha256: digest) != nil }
            return isKnown ? nil : try await blobs.publish(bytes)
        } catch {
            await blobs.discard(bytes)
            throw error
        }
    }

    /// Somebody else stored the same bytes first: our copy goes, then the note that it has to. The file is stored by now,
    /// so a failure here is nobody's: the note stands, and the next start acts on it.
    private func remove(doomed key: BlobKey) async {
        do {
            try await blobs.remove(key)
            try await index.write { tx in try tx.removeDoomed(key: key.description) }
        } catch {}
    }

    private func detect(_ file: ReceivedFile) async throws -> MediaType {
        let (sample, isWhole) = (file.bytes.sample, file.bytes.size <= Int64(file.bytes.sample.readableBytes))
        return try await threads.runIfActive { [detector] in
            try detector.detect(
                sample: sample,
                isWhole: isWhole,
                declaredType: file.declaredType,
                filename: file.filename
            )
        }
    }
}

/// A message made for an upload.
struct NewMessage: Sendable {
    let id = Identifier.make()
    let text: String?
}

/// The rows of a file, ready to be inserted as often as the transaction needs.
private struct Draft: Sendable {
    let id = Identifier.make()
    let file: ReceivedFile
    let type: MediaType
    let detector: String
    let channelID: String
    let userID: String

    /// - Parameter key: where the bytes were published; nil when the index knows the digest.
    func insert(
        _ tx: Transaction,
        publishedAs key: BlobKey?,
        message: NewMessage?
    ) throws -> (attachment: Attachment, keptOurKey: Bool) {
        guard try tx.owns(channelID, userID: userID) else { throw APIError.notYourAgent }
        let keptOurKey = try key.map { try insertBlob(tx, $0) } ?? false
        if let message {
            try tx.insert(
                Message(
                    id: message.id,
                    channelId: channelID,
                    senderType: .agent,
                    senderId: channelID,
                    text: message.text,
                    createdAt: tx.now
                )
            )
        }
        let attachment = attachment(at: tx.now, messageID: message?.id)
        try tx.insert(attachment)
        return (attachment, keptOurKey)
    }

    private func insertBlob(_ tx: Transaction, _ key: BlobKey) throws -> Bool {
        let blob = Blob(
            sha256: file.bytes.digest.hex,
            key: key.description,
            size: Int(file.bytes.size),
            crc32: file.bytes.crc32,
            createdAt: tx.now
        )
        let winner = try tx.insertBlobOrKeepWinner(blob)
        if winner.key != blob.key { try tx.doom(key: blob.key, notBefore: tx.now) }
        return winner.key == blob.key
    }

    private func attachment(at now: Timestamp, messageID: String?) -> Attachment {
        Attachment(
            id: id,
            channelId: channelID,
            messageId: messageID,
            sha256: file.bytes.digest.hex,
            filename: file.filename,
            mimeType: type.type,
            charset: type.charset,
            detector: detector,
            declaredMimeType: file.declaredType.flatMap(MediaType.normalisedDeclaredType),
            size: Int(file.bytes.size),
            createdAt: now,
            expiresAt: messageID == nil ? now + Intake.unattachedLifetime : nil
        )
    }
}

extension IndexError {
    /// Whether the failed unit is certain to have been rolled back; an I/O error at commit leaves that open.
    fileprivate var meansNothingWasStored: Bool {
        if case .failure = self { false } else { true }
    }
}
