import Blobs
import HTTP
import Index
import MediaType
import NIOCore
import NIOPosix

/// The way of received files into the store: publish the bytes, commit the rows, drop the spools.
///
/// When a function returns, bytes and rows are durable (invariants 1 and 4). When it throws, neither is left; except that
/// when the commit failed in a way that does not tell whether it happened, the published bytes stay: garbage at worst
/// (invariant 2).
struct Intake: Sendable {
    /// How long a stored file waits to be attached before the collector may take it.
    static let unattachedLifetime = Duration.seconds(24 * 60 * 60)
    /// How often to publish anew when the collector took the blob between look-up and commit.
    private static let maxAttempts = 3

    let index: Index
    let blobs: DiskBlobStore
    let detector: MediaTypeDetector
    let threads: NIOThreadPool

    /// Stores one file, in a message of its own or for later.
    ///
    /// - Throws: ``APIError`` 403 when the channel is not the user's; ``BlobError`` and ``IndexError`` when the store
    ///   cannot take the file.
    func store(
        _ file: ReceivedFile,
        in channelID: String,
        of userID: String,
        message: NewMessage? = nil
    ) async throws -> Attachment {
        try await store([file], in: channelID, of: userID) { tx, files in
            let message = message.map { $0.message(in: channelID, at: tx.now) }
            if let message { try tx.insert(message) }
            return try files.insert(tx, messageID: message?.id)[0]
        }
    }

    /// Stores files together with whatever `body` stores, or nothing of both. `body` decides by
    /// ``StagedFiles/insert(_:messageID:)`` whether and where they go, and may run more than once.
    ///
    /// - Throws: as above, and what `body` throws.
    func store<Value: Sendable>(
        _ files: [ReceivedFile],
        in channelID: String,
        of userID: String,
        _ body: @escaping @Sendable (Transaction, StagedFiles) throws -> Value
    ) async throws -> Value {
        var drafts: [FileDraft] = []
        do {
            // Asked again in the transaction; here it saves publishing what will be refused.
            guard try await index.read({ try $0.owns(channelID, userID: userID) }) else { throw APIError.notYourAgent }
            for file in files {
                let type = try await detect(file)
                drafts.append(FileDraft(file: file, type: type, detector: detector.version, channelID: channelID))
            }
        } catch {
            await discard(files)
            throw error
        }
        let ownedBody: @Sendable (Transaction, StagedFiles) throws -> Value = { tx, staged in
            guard try tx.owns(channelID, userID: userID) else { throw APIError.notYourAgent }
            return try body(tx, staged)
        }
        for _ in 1..<Self.maxAttempts {
            do {
                return try await commit(drafts, ownedBody)
            } catch IndexError.missingReference {
                continue  // A blob we relied on went meanwhile: publish our own bytes.
            }
        }
        do {
            return try await commit(drafts, ownedBody)
        } catch IndexError.missingReference {
            await discard(files)
            throw IndexError.missingReference
        }
    }

    /// One attempt. The spools are dropped at its end, except when it throws `.missingReference` (they are needed for the
    /// next attempt) and when published bytes could be in use or could not be removed: the names in `incoming/` then let
    /// the sweep at the next start find out (invariant 7).
    private func commit<Value: Sendable>(
        _ drafts: [FileDraft],
        _ body: @escaping @Sendable (Transaction, StagedFiles) throws -> Value
    ) async throws -> Value {
        let files = drafts.map(\.file)
        let keys = try await publishNew(drafts)
        do {
            let (value, unused) = try await index.write { tx in
                let staged = StagedFiles(drafts, keys)
                let value = try body(tx, staged)
                return (value, try staged.doomUnused(tx))
            }
            for key in unused { await remove(doomed: key) }
            await discard(files)
            return value
        } catch let error as IndexError where !error.meansNothingWasStored {
            throw error
        } catch {
            for case let key? in keys { try await blobs.remove(key) }
            if error as? IndexError != .missingReference { await discard(files) }
            throw error
        }
    }

    private func publishNew(_ drafts: [FileDraft]) async throws -> [BlobKey?] {
        var keys: [BlobKey?] = []
        do {
            for draft in drafts { keys.append(try await publishIfNew(draft.file.bytes)) }
            return keys
        } catch {
            for case let key? in keys { try await blobs.remove(key) }
            await discard(drafts.map(\.file))
            throw error
        }
    }

    /// - Returns: the fresh key, or nil when the index knows the digest.
    private func publishIfNew(_ bytes: SpooledBlob) async throws -> BlobKey? {
        let digest = bytes.digest.hex
        let isKnown = try await index.read { try $0.blob(sha256: digest) != nil }
        return isKnown ? nil : try await blobs.publish(bytes)
    }

    private func discard(_ files: [ReceivedFile]) async {
        for file in files { await blobs.discard(file.bytes) }
    }

    /// Somebody else stored the same bytes first, or nobody needs them: our copy goes, then the note that it has to. What
    /// was asked for is stored by now, so a failure here is nobody's: the note stands, and the next start acts on it.
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
    let sender: Message.SenderType
    let senderID: String
    let text: String?

    fileprivate func message(in channelID: String, at now: Timestamp) -> Message {
        Message(id: id, channelId: channelID, senderType: sender, senderId: senderID, text: text, createdAt: now)
    }
}

extension IndexError {
    /// Whether the failed unit is certain to have been rolled back; an I/O error at commit leaves that open.
    fileprivate var meansNothingWasStored: Bool {
        if case .failure = self { false } else { true }
    }
}
