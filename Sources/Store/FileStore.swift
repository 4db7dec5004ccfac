import Blobs
import CoreMetrics
import Index
import MediaTypes
import NIOPosix

/// The index and the bytes, opened and used as one. What needs both is in this module, and no other names
/// `BlobStore`.
///
/// Guards the invariants that concern rows and bytes together: 1, 2, 4 and 7, numbered in `Blobs/DiskBlobStore.swift`.
package struct FileStore: Sendable {
    package let index: StoreIndex
    package let limits: StoreLimits
    /// Where index and bytes are.
    let place: StorePlace
    let root: String
    /// This node's folder, for what is not published.
    let folder: DiskBlobStore
    let blobs: BlobStore
    /// For how long bytes stay that a collection took. In a bucket, a backup of the index that is no older finds all of them.
    let undoWindow: Duration
    let detector: MediaTypeDetector
    let threads: NIOThreadPool
    package let damage: Damage
    let reservations = Reservations()
    let uploadTurns = UploadTurns()
    let collectionTurn = CollectionTurn()
    let collected: CollectorCounts

    /// Opens both halves, and makes them if they are missing. Blocks for some milliseconds, longer when the index
    /// migrates. Call ``recover()`` before the first request.
    ///
    /// - Parameters:
    ///   - root: the folder of the bytes; its parent must exist.
    ///   - index: where the index is, which may be a file of that folder.
    ///   - threads: for blocking work. Their number limits how many large files can wait for the disk at a time.
    ///   - bucket: where the bytes are, if not in that folder.
    ///   - metrics: where commits and collections are counted.
    ///   - onDamage: called once for each key whose bytes were found missing or of the wrong length.
    /// - Throws: ``BlobError`` and ``IndexError``; ``IndexError/foreignStore`` when the index belongs to other bytes;
    ///   ``StoreError/indexIsElsewhere(_:)``.
    package init(
        root: String,
        index indexLocation: IndexLocation,
        limits: StoreLimits,
        detector: MediaTypeDetector,
        threads: NIOThreadPool,
        bucket: BucketSettings? = nil,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        onDamage: @escaping @Sendable (BlobKey) -> Void = { _ in }
    ) throws {
        let folder = try DiskBlobStore(root: root, threads: threads)
        if case .file = indexLocation, let address = FolderNote.index.read(in: root) {
            throw StoreError.indexIsElsewhere(address)
        }
        (self.folder, self.root, place) = (folder, root, StorePlace(index: indexLocation, bucket: bucket))
        blobs = try bucket.map { .bucket(try S3BlobStore($0, in: folder, metrics: metrics)) } ?? .disk(folder)
        index = try StoreIndex(
            at: indexLocation,
            storeID: folder.storeID,
            place: place.description,
            reserve: limits.minFreeBytes,
            metrics: metrics
        )
        self.limits = limits
        undoWindow = max(bucket?.keep ?? .zero, CollectionRun.undoWindow)
        self.detector = detector
        self.threads = threads
        damage = Damage(report: onDamage)
        collected = CollectorCounts(metrics)
    }

    /// Names the folder of this node.
    package var nodeID: String { folder.storeID }

    /// How many bytes the uploads under way have reserved.
    package var bytesInFlight: Int { reservations.all }

    /// Closes both halves. Blocks until the last commit has ended; then the lock on the folder is free.
    package func close() {
        index.close()
        if case .bucket(let bucket) = blobs { bucket.close() }
        folder.close()
    }
}
