import Blobs
import HTTP
import Hummingbird
import Index
import MediaType
import NIOPosix

/// The file service: bytes in, bytes out, and the list of what is there.
package struct FilesModule: RouteModule {
    let index: Index
    let blobs: DiskBlobStore
    let threads: NIOThreadPool
    let intake: Intake
    let limits: UploadLimits
    let recent = RecentDownloads()
    /// Texts as files, for `store-text` and for messages.
    package let texts: TextFiles
    /// The content of small text files, for messages.
    package let inlineTexts: InlineTexts

    package init(
        index: Index,
        blobs: DiskBlobStore,
        detector: MediaTypeDetector,
        threads: NIOThreadPool,
        limits: UploadLimits
    ) {
        self.index = index
        self.blobs = blobs
        self.threads = threads
        self.limits = limits
        intake = Intake(index: index, blobs: blobs, detector: detector, threads: threads)
        texts = TextFiles(intake: intake, limits: limits)
        inlineTexts = InlineTexts(index: index, blobs: blobs)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent
            .post("files/upload", use: upload)
            .post("files/store", use: store)
            .post("files/store-text", use: storeText)
            .get("files", use: list)
            .get("files/:id", use: read)
            .delete("files/:id", use: delete)
            .get("files/:id/download", use: download)
            .head("files/:id/download", use: download)
        mounts.human
            .get("files", use: listForPerson)
            .post("files/upload", use: uploadByPerson)
            .post("files/store", use: store)
            .get("files/:id", use: read)
            .delete("files/:id", use: deleteByPerson)
            .get("files/:id/download", use: download)
            .head("files/:id/download", use: download)
            .get("files/:id/share", use: share)
            .get("files/:id/shares", use: listShares)
            .delete("files/:id/shares/:shareId", use: endShare)
            .post("files/bulk-delete", use: bulkDelete)
            .post("files/bulk-download", use: bulkDownload)
        mounts.visitor
            .get("share/:token", use: downloadShared)
            .head("share/:token", use: downloadShared)
    }

    /// Removes links that have ended, for as long as the server runs.
    package var sharing: Sweep {
        Sweep("ended share links", in: index) {
            try $0.removeEndedShares(limit: $1)
        } next: {
            try $0.nextShareEnd()
        }
    }
}
