import API
import Blobs
import HTTP
import Hummingbird
import Index
import NIOPosix
import Store

/// The file service: bytes in, bytes out, and the list of what is there.
package struct FilesModule: RouteModule {
    let store: FileStore
    let index: SQLiteIndex
    let threads: NIOThreadPool
    let recent = RecentDownloads()

    package init(store: FileStore, threads: NIOThreadPool) {
        self.store = store
        index = store.index
        self.threads = threads
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent
            .post("files/upload", use: upload)
            .post("files/store", use: storeFile)
            .post("files/store-text", use: storeText)
            .get("files", use: list)
            .get("files/:id", use: read)
            .delete("files/:id", use: delete)
            .get("files/:id/download", use: download)
            .head("files/:id/download", use: download)
        mounts.user
            .get("files", use: listForUser)
            .post("files/upload", use: upload)
            .post("files/store", use: storeFile)
            .get("files/:id", use: read)
            .delete("files/:id", use: deleteForUser)
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

    package var backgroundWork: [BackgroundWork] { [BackgroundWork(endedShares)] }

    /// Removes links that have ended.
    private var endedShares: Sweep {
        Sweep("ended share links", in: index) {
            try $0.removeEndedShares(limit: $1)
        } next: {
            try $0.nextShareEnd()
        }
    }
}
