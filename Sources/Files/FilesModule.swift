import Blobs
import Hummingbird
import Index
import MediaType
import NIOPosix
import Routing

/// The file service: bytes in, bytes out, and the list of what is there.
package struct FilesModule: RouteModule {
    let index: Index
    let blobs: DiskBlobStore
    let intake: Intake
    let limits: UploadLimits
    let recent = RecentDownloads()

    package init(
        index: Index,
        blobs: DiskBlobStore,
        detector: MediaTypeDetector,
        threads: NIOThreadPool,
        limits: UploadLimits
    ) {
        self.index = index
        self.blobs = blobs
        self.limits = limits
        intake = Intake(index: index, blobs: blobs, detector: detector, threads: threads)
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
    }
}

/// What one upload may take.
package struct UploadLimits: Sendable {
    /// The largest file, in bytes.
    package let maxBytes: Int64
    /// How many bytes of the disk stay free: uploads that would go below are refused with 507.
    package let minFreeBytes: Int64

    package init(maxBytes: Int64, minFreeBytes: Int64) {
        self.maxBytes = maxBytes
        self.minFreeBytes = minFreeBytes
    }
}
