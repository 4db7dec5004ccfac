import Blobs
import Index

/// Why the store refused, besides what ``IndexError`` and ``BlobError`` say.
package enum StoreError: Error, Sendable, Equatable {
    /// The file is larger than `limit` bytes; nothing was stored.
    case fileTooLarge(limit: Int64)
    /// The file would leave less disk space free than must stay free; nothing was stored.
    case noSpaceLeft
    /// A quota does not hold the files; nothing was stored.
    case quotaReached(QuotaRefusal)
    /// The sender has used this idempotency key for another upload; nothing was stored.
    case keyUsedOtherwise
    /// The file of a repeated upload has been deleted; nothing was stored.
    case deletedSince
    /// The user has so many uploads in parts that are not complete; nothing was begun.
    case tooManyUploads(Int)
    /// Another request writes to the upload at the moment.
    case uploadIsBusy
    /// The upload has so many bytes by now: another request has added to it.
    case uploadHasMovedOn(to: Int)
    /// The upload in parts is a file by now, or was removed.
    case uploadHasEnded
    /// A record holds no valid key. Only damage to the index, or an edit by hand, explains that.
    case damagedRecord(attachmentID: Attachment.ID)
    /// The stored bytes are not those that the index says.
    case damagedFile(BlobKey, size: Int64)
    /// A collection would not take what its plan says; nothing was removed.
    case planHasChanged
    /// A collection that nobody has planned would take more than half of what is stored; nothing was removed.
    case takesMost(bytes: Int, of: Int)
    /// Another collection or undo is under way; this one changed nothing.
    case collectionUnderWay
    /// A collection cannot go on with that run; this one removed nothing.
    case runIsOver
    /// There is no run of that id.
    case noSuchRun
    /// Nothing of the run can be brought back, or not any more; nothing was changed.
    case cannotUndo(CollectionRun)
    /// There are bytes, but the index is empty: it was lost.
    case indexIsMissing
    /// The bucket has the bytes of the store with that id.
    case bucketOfAnother(String)
    /// The store with that id is about to own the bucket.
    case bucketIsClaimed(String)
    /// The bucket does not say that it is this store's, and it is not new, or this store has another one.
    case bucketIsNotOurs
    /// This store has its bytes in its folder.
    case bytesAreOnDisk
    /// This folder has its bytes in a bucket.
    case bytesAreInBucket(String)
    /// The index of this folder is on that PostgreSQL.
    case indexIsElsewhere(String)
}

extension StoreError: CustomStringConvertible {
    /// For the operator.
    package var description: String {
        switch self {
        case .fileTooLarge(let limit): "The file is larger than \(limit) bytes."
        case .noSpaceLeft: "The file would leave too little of the disk free."
        case .quotaReached: "A quota does not hold the files."
        case .keyUsedOtherwise: "The idempotency key belongs to another upload."
        case .deletedSince: "The file that this idempotency key stored has been deleted."
        case .tooManyUploads(let most): "The user has \(most) uploads that are not complete."
        case .uploadIsBusy: "Another request writes to the upload."
        case .uploadHasMovedOn(let received): "The upload has \(received) bytes by now."
        case .uploadHasEnded: "The upload has ended."
        case .damagedRecord(let id): "The record of attachment \(id) names no possible key: the index is damaged."
        case .damagedFile(let key, let size):
            "The stored bytes, \(size) of them, are not what the index says. Key: \(key)."
        case .planHasChanged: "The collection would not take what its plan says."
        case .takesMost(let bytes, let stored):
            "The collection would take \(bytes) of \(stored) stored bytes."
        case .collectionUnderWay: "A collection or an undo is under way."
        case .runIsOver: "That run has been undone, is too old or was begun in another way."
        case .noSuchRun: "There is no such run."
        case .cannotUndo(let run): "Nothing of run \(run.id) can be brought back."
        case .indexIsMissing:
            "The storage folder has files, but its index is empty or missing. Move the folder away, and restore a backup "
                + "(placet restore) or start anew."
        case .bucketOfAnother(let id):
            "The bucket has the files of another store, \(id). Give each store a bucket or a prefix of its own."
        case .bucketIsClaimed(let id):
            "Another store, \(id), is taking the bucket at the same moment. Give each store a bucket or a prefix of its own. "
                + "If there is no such store, remove the objects placet-store.claim-\(id).* and start again."
        case .bucketIsNotOurs:
            "The bucket has no object placet-store that says whose it is, but it is not new, or this storage folder has "
                + "its files in another one. Look whether bucket and prefix are right."
        case .bytesAreInBucket(let bucket):
            "This storage folder has its files in \(bucket). Start without --blobs, or move them back (placet migrate)."
        case .indexIsElsewhere(let address):
            "The index of this storage folder is on PostgreSQL at \(address). Name it by PLACET_INDEX or --index."
        case .bytesAreOnDisk:
            "This storage folder has its files in blobs/ already, and an empty bucket was named. Start without --blobs, or move them "
                + "there (placet migrate)."
        }
    }
}
