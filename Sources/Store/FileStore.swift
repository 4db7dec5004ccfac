import Blobs
import Index
import MediaTypes
import NIOPosix

/// The index and the bytes, opened and used as one: what needs both is here, and nobody else names `DiskBlobStore`.
///
/// Guards the invariants of the store where they are about rows and bytes together: 1, 2, 4 and 7, numbered in
/// `Blobs/DiskBlobStore.swift`.
package struct FileStore: Sendable {
    package let index: SQLiteIndex
    package let limits: StoreLimits
    let blobs: DiskBlobStore
    let detector: MediaTypeDetector
    let threads: NIOThreadPool

    /// Opens both halves; they are made when they are missing. Blocks for some milliseconds, and longer for a
    /// migration. Call ``recover()`` before the first request.
    ///
    /// - Parameters:
    ///   - root: the folder of the bytes; its parent must exist.
    ///   - threads: for work that can block; their number is also that of the publishes that may wait for the disk.
    /// - Throws: ``BlobError`` and ``IndexError``; an index of another store is refused.
    package init(
        root: String,
        indexPath: String,
        limits: StoreLimits,
        detector: MediaTypeDetector,
        threads: NIOThreadPool
    ) throws {
        blobs = try DiskBlobStore(root: root, threads: threads)
        index = try SQLiteIndex(path: indexPath, storeID: blobs.storeID)
        self.limits = limits
        self.detector = detector
        self.threads = threads
    }

    /// Ends the use of the store; the folder's lock is free afterwards. Blocks until the last commit has ended.
    package func close() throws {
        try index.close()
        blobs.close()
    }
}
