import Index

/// Why a content is stored, or is not. What does not belong to its state is null.
package struct BlobExplanationJSON: Codable, Sendable {
    package let state: BlobExplanation.State
    @OrNull package var sha256: String?
    /// In bytes.
    @OrNull package var size: Int?
    @OrNull package var createdAt: Timestamp?
    @OrNull package var damagedAt: Timestamp?
    package let files: [KeepingFileJSON]
    package let fileCount: Int
    @OrNull package var unreferencedSince: Timestamp?
    /// The channel of the last file, and how that went.
    @OrNull package var channelId: Agent.ID?
    @OrNull package var reason: CollectionPlan.Reason?
    /// Null also when nothing is collected by itself.
    @OrNull package var collectedFrom: Timestamp?
    @OrNull package var run: CollectionRunJSON?
    @OrNull package var removedFrom: Timestamp?
    @OrNull package var heldUntil: Timestamp?
    /// Null when a digest was asked about.
    @OrNull package var file: FileFateJSON?
    /// For how long it is known what a collection took.
    package let rememberedSeconds: Int64

    package init(_ explained: BlobExplanation, collectsByItself: Bool) {
        state = explained.state
        files = explained.files.map(KeepingFileJSON.init)
        fileCount = explained.fileCount
        rememberedSeconds = CollectionRun.undoWindow.components.seconds
        (sha256, size) = (explained.sha256, explained.size)
        (createdAt, damagedAt) = (explained.createdAt, explained.damagedAt)
        (unreferencedSince, channelId, reason) = (explained.since, explained.channelID, explained.reason)
        collectedFrom = collectsByItself ? explained.dueAt : nil
        run = explained.run.map(CollectionRunJSON.init)
        (removedFrom, heldUntil) = (explained.removedFrom, explained.heldUntil)
        file = explained.file.map(FileFateJSON.init)
    }
}

/// A file because of which a content is kept, and whose it is.
package struct KeepingFileJSON: Codable, Sendable {
    package let id: Attachment.ID
    package let channelId: Agent.ID
    @OrNull package var channelName: String?
    package let userId: User.ID
    package let email: String
    @OrNull package var messageId: Message.ID?
    package let createdAt: Timestamp
    @OrNull package var expiresAt: Timestamp?

    init(_ file: KeepingFile) {
        (id, channelId, userId, email) = (file.id, file.channelID, file.userID, file.email)
        createdAt = file.createdAt
        (channelName, messageId, expiresAt) = (file.channelName, file.messageID, file.expiresAt)
    }
}

/// What became of one file.
package struct FileFateJSON: Codable, Sendable {
    package let id: Attachment.ID
    package let state: FileFate.State
    @OrNull package var at: Timestamp?
    @OrNull package var runId: CollectionRun.ID?
    @OrNull package var undoUntil: Timestamp?

    init(_ fate: FileFate) {
        (id, state) = (fate.id, fate.state)
        (at, runId, undoUntil) = (fate.at, fate.runID, fate.undoUntil)
    }
}
