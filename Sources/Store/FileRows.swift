import Blobs
import Index
import MediaTypes
import NIOCore
import NIOPosix

/// The rows of received files, inserted as often as the transaction needs.
struct FileRows: Sendable {
    let files: [ReceivedFile]
    /// The record of each; where and when it is stored is set by the transaction.
    let attachments: [Attachment]

    /// - Parameters:
    ///   - keys: where the bytes of each were published; nil when the index knows the digest.
    ///   - used: is given the keys that got a row; the others are garbage.
    func insert(
        _ tx: Transaction,
        _ channel: OwnedChannel,
        _ keys: [BlobKey?],
        messageID: Message.ID?,
        used: inout Set<BlobKey>
    ) throws -> [Attachment] {
        for case (let file, let key?) in zip(files, keys) {
            let winner = try tx.insertBlobOrKeepWinner(file.blob(at: key, now: tx.now))
            if winner.key == key.description { used.insert(key) }
        }
        let stored = attachments.map { $0.stored(in: messageID, now: tx.now) }
        for attachment in stored { try tx.insert(attachment, in: channel) }
        return stored
    }
}

extension FileStore {
    /// Finds out what the files are, and makes their records.
    func rows(of files: [ReceivedFile], in channelID: Agent.ID) async throws -> FileRows {
        var attachments: [Attachment] = []
        for file in files { attachments.append(try await record(of: file, in: channelID)) }
        return FileRows(files: files, attachments: attachments)
    }

    private func record(of file: ReceivedFile, in channelID: Agent.ID) async throws -> Attachment {
        let (sample, isWhole) = (file.bytes.sample, file.bytes.size <= Int64(file.bytes.sample.readableBytes))
        let detected = try await threads.runIfActive { [detector] in
            try detector.detect(
                sample: sample,
                isWhole: isWhole,
                declaredType: file.declaredType,
                filename: file.filename
            )
        }
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
    /// How long a file waits to be attached before the collector may take it.
    package static let unattachedLifetime = Duration.seconds(24 * 60 * 60)

    /// The record as it is stored: in a message or, without one, for a day.
    fileprivate func stored(in messageID: Message.ID?, now: Timestamp) -> Attachment {
        var attachment = self
        attachment.messageID = messageID
        attachment.createdAt = now
        attachment.expiresAt = messageID == nil ? now + Self.unattachedLifetime : nil
        return attachment
    }
}
