import Blobs
import Index
import MediaType

/// Files whose bytes are published, or known to the index, inside the transaction that gives them rows.
final class StagedFiles {
    private let drafts: [FileDraft]
    private let keys: [BlobKey?]
    private var usedKeys: Set<String> = []

    /// - Parameter keys: where the bytes of each were published; nil when the index knows the digest.
    init(_ drafts: [FileDraft], _ keys: [BlobKey?]) {
        self.drafts = drafts
        self.keys = keys
    }

    /// Stores the rows of all of them, attached to a message or, without one, for later; in the order they were given.
    func insert(_ tx: Transaction, messageID: String?) throws -> [Attachment] {
        try zip(drafts, keys).map { draft, key in
            if let key, try tx.insertBlobOrKeepWinner(draft.blob(key, at: tx.now)).key == key.description {
                usedKeys.insert(key.description)
            }
            let attachment = draft.attachment(at: tx.now, messageID: messageID)
            try tx.insert(attachment)
            return attachment
        }
    }

    /// Notes in the same transaction that the keys without a row have to go, and answers them.
    func doomUnused(_ tx: Transaction) throws -> [BlobKey] {
        let unused = keys.compactMap { $0 }.filter { !usedKeys.contains($0.description) }
        for key in unused { try tx.doom(key: key.description, notBefore: tx.now) }
        return unused
    }
}

/// The rows of a file, ready to be inserted as often as the transaction needs.
struct FileDraft: Sendable {
    let id = Identifier.make()
    let file: ReceivedFile
    let type: MediaType
    let detector: String
    let channelID: String

    fileprivate func blob(_ key: BlobKey, at now: Timestamp) -> Blob {
        Blob(
            sha256: file.bytes.digest.hex,
            key: key.description,
            size: Int(file.bytes.size),
            crc32: file.bytes.crc32,
            createdAt: now
        )
    }

    fileprivate func attachment(at now: Timestamp, messageID: String?) -> Attachment {
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
