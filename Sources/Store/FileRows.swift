import Blobs
import Index
import MediaTypes
import NIOCore
import NIOPosix

/// The rows of received files: prepared once, and inserted anew by each attempt to commit.
struct FileRows: Sendable {
    let files: [ReceivedFile]
    /// The record of each file. The transaction sets where and when it is stored.
    let attachments: [Attachment]
    /// How long they may wait for a message.
    let lifetime: Duration

    /// Inserts the blob rows, then the attachments that refer to them.
    ///
    /// - Parameters:
    ///   - copies: where the bytes of each file were published; nil when the store has them.
    ///   - garbage: starts with the keys of all copies. Loses those that got a row, and receives those that lost theirs
    ///     because the bytes under them were damaged.
    /// - Throws: ``IndexError/missingReference`` when a blob that the index knew is gone by now.
    func insert(
        _ tx: Transaction,
        _ channel: OwnedChannel,
        _ copies: [PublishedCopy?],
        messageID: Message.ID?,
        garbage: inout Set<String>
    ) throws -> [Attachment] {
        for case (let file, let copy?) in zip(files, copies) {
            let (digest, key) = (file.bytes.digest.hex, copy.key.description)
            if let damaged = copy.damagedKey, try tx.moveBlob(sha256: digest, from: damaged, to: key) {
                garbage.insert(damaged)
                garbage.remove(key)
            } else if try tx.insertBlobOrKeepWinner(file.blob(at: copy.key, now: tx.now)).key == key {
                garbage.remove(key)
            }
        }
        let stored = attachments.map { $0.stored(in: messageID, now: tx.now, lifetime) }
        for attachment in stored { try tx.insert(attachment, in: channel) }
        return stored
    }
}

/// Bytes that were published for a file.
struct PublishedCopy: Sendable {
    let key: BlobKey
    /// The key that the index has for the same bytes, if what is stored there is damaged.
    let damagedKey: String?
}

extension FileStore {
    /// Detects the type of each file, on the thread pool because libmagic blocks, and prepares its record.
    func rows(of files: [ReceivedFile], in channelID: Agent.ID) async throws -> FileRows {
        var attachments: [Attachment] = []
        for file in files { attachments.append(try await record(of: file, in: channelID)) }
        return FileRows(files: files, attachments: attachments, lifetime: limits.unattachedLifetime)
    }

    /// What bytes are, by their beginning (see ``MediaTypeDetector``).
    package func mediaType(
        of sample: ByteBuffer,
        isWhole: Bool,
        declaredType: String? = nil,
        filename: String
    ) async throws -> MediaType {
        try await threads.runIfActive { [detector] in
            try detector.detect(sample: sample, isWhole: isWhole, declaredType: declaredType, filename: filename)
        }
    }

    private func record(of file: ReceivedFile, in channelID: Agent.ID) async throws -> Attachment {
        let detected = try await mediaType(
            of: file.bytes.sample,
            isWhole: file.bytes.size <= Int64(file.bytes.sample.readableBytes),
            declaredType: file.declaredType,
            filename: file.filename
        )
        return Attachment(
            id: .make(),
            channelID: channelID,
            messageID: nil,
            sha256: file.bytes.digest.hex,
            filename: file.filename,
            mimeType: detected.type,
            charset: detected.charset,
            detector: detector.version,
            declaredMimeType: file.declaredType.flatMap(MediaType.normalisedDeclaredType),
            size: Int(file.bytes.size),
            createdAt: .now(),
            expiresAt: nil
        )
    }
}

extension ReceivedFile {
    fileprivate func blob(at key: BlobKey, now: Timestamp) -> Blob {
        Blob(
            sha256: bytes.digest.hex,
            key: key.description,
            size: Int(bytes.size),
            crc32: bytes.crc32,
            createdAt: now
        )
    }
}

extension Attachment {
    /// The record as it is stored: in a message, or else with an expiry (invariant 6).
    fileprivate func stored(in messageID: Message.ID?, now: Timestamp, _ lifetime: Duration) -> Attachment {
        var attachment = self
        attachment.messageID = messageID
        attachment.createdAt = now
        attachment.expiresAt = messageID == nil ? now + lifetime : nil
        return attachment
    }
}
