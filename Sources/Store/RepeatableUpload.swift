import Blobs
import Index

/// How its sender names an upload, so that it may be sent again.
package struct UploadKey: Sendable {
    /// Unique among the uploads of a sender in a channel.
    let name: String
    let senderType: Message.SenderType
    /// What the upload does besides storing this file: a repeat does the same.
    let effect: String

    package init(name: String, senderType: Message.SenderType, effect: String) {
        self.name = name
        self.senderType = senderType
        self.effect = effect
    }
}

/// A file that was added, now or by an earlier upload of the same key.
package struct AddedFile: Sendable {
    package let attachment: Attachment
    package let isRepeat: Bool
}

extension Intake {
    /// Adds one file to a channel of the caller's as `body` does, unless its sender has done so under the same key: then nothing
    /// is stored. Unattached without a `body`.
    ///
    /// - Throws: ``StoreError/keyUsedOtherwise`` when the key belongs to another upload, ``StoreError/deletedSince`` when
    ///   its file has been deleted; as ``add(_:in:by:_:)``.
    package func add(
        _ file: ReceivedFile,
        in channelID: Agent.ID,
        by principal: Principal,
        once key: UploadKey? = nil,
        _ body: @escaping @Sendable (Transaction, ActingUser, OwnedChannel, Attach) throws -> Attachment = {
            try $3(nil)[0]
        }
    ) async throws -> AddedFile {
        let key = key.map { $0.idempotencyKey(for: file) }
        return try await add([file], in: channelID, by: principal) { tx, user, channel, attach in
            guard let key else { return AddedFile(attachment: try body(tx, user, channel, attach), isRepeat: false) }
            if let used = try tx.use(of: key, in: channel) {
                guard used.request == key.request else { throw StoreError.keyUsedOtherwise }
                guard let first = try used.attachmentID.flatMap({ try tx.attachment($0, in: channel) }) else {
                    throw StoreError.deletedSince
                }
                return AddedFile(attachment: first, isRepeat: true)
            }
            let attachment = try body(tx, user, channel, attach)
            try tx.note(key, for: attachment.id, in: channel)
            return AddedFile(attachment: attachment, isRepeat: false)
        }
    }
}

extension UploadKey {
    fileprivate func idempotencyKey(for file: ReceivedFile) -> IdempotencyKey {
        IdempotencyKey(
            name: name,
            senderType: senderType,
            request: "\(effect) \(file.bytes.digest.hex) \(file.filename)"
        )
    }
}
