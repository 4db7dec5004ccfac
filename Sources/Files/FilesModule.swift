import API
import Blobs
import HTTP
import Hummingbird
import Index
import NIOPosix
import Store

/// Files in the channels of agents: uploaded, stored for later, listed, downloaded, shared by link, deleted.
///
/// The hard parts are the two streams. An upload is parsed, hashed and written while it arrives, and nothing of it
/// stays unless its record commits (``UploadFormReader``, and `Store`). A download has conditions and ranges, and sends
/// its bytes past our memory where the connection can (``Download``, ``FileBody``).
package struct FilesModule: RouteModule {
    let store: FileStore
    let index: StoreIndex
    /// Where the files of an archive are compressed: that would block an event loop.
    let threads: NIOThreadPool
    let recent = RecentDownloads()
    let lineIndexes: LineIndexes
    /// Who was sent which file.
    let audit: AuditQueue
    /// Whether clients get large files from the bucket itself (``LinkToBucket``).
    let redirects: Bool

    package init(store: FileStore, threads: NIOThreadPool, audit: AuditQueue, redirects: Bool = false) {
        (self.store, self.redirects) = (store, redirects)
        self.audit = audit
        index = store.index
        self.threads = threads
        lineIndexes = LineIndexes(store: store)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.files)
            .post("files/upload", use: upload)
            .post("files/store", use: storeFile)
            .post("files/store-text", use: storeText)
            .put("files/raw", use: storeRaw)
            .post("files/upload-addresses", use: makeUploadAddress)
            .on("files/tus", method: .options, use: tusOptions)
            .post("files/tus", use: tusBegin)
            .head("files/tus/:id", use: tusHead)
            .patch("files/tus/:id", use: tusPatch)
            .delete("files/tus/:id", use: tusDelete)
            .post("files/tus/:id", use: tusOverride)
            .get("files", use: reading(index, list))
            .get("files/:id", use: read)
            .delete("files/:id", use: delete)
            .get("files/:id/download", use: download)
            .head("files/:id/download", use: download)
            .get("files/:id/lines", use: inTurn(lines))
            .get("files/:id/entries", use: inTurn(entries))
            .get("files/:id/entries/:number", use: inTurn(entry))
        mounts.ready.add("files/:id/download", scope: .files, answer: readyDownload)
        mounts.ready.add("files", scope: .files, reading: index, list)
        mounts.ready.add("files/:id", scope: .files, isLong: true, answer: readyRecord)
        mounts.user
            .get("files", use: inTurn(listForUser))
            .post("files/upload", use: upload)
            .post("files/store", use: storeFile)
            .on("files/tus", method: .options, use: tusOptions)
            .post("files/tus", use: tusBegin)
            .head("files/tus/:id", use: tusHead)
            .patch("files/tus/:id", use: tusPatch)
            .delete("files/tus/:id", use: tusDelete)
            .post("files/tus/:id", use: tusOverride)
            .get("files/:id", use: read)
            .delete("files/:id", use: deleteForUser)
            .get("files/:id/download", use: download)
            .head("files/:id/download", use: download)
            .get("files/:id/lines", use: inTurn(lines))
            .get("files/:id/entries", use: inTurn(entries))
            .get("files/:id/entries/:number", use: inTurn(entry))
            .get("files/:id/share", use: share)
            .get("files/:id/shares", use: listShares)
            .delete("files/:id/shares/:shareId", use: endShare)
            .post("files/bulk-delete", use: bulkDelete)
            .post("files/bulk-download", use: bulkDownload)
        mounts.link
            .get("share/:token", use: downloadShared)
            .head("share/:token", use: downloadShared)
            .put("upload/:token", use: storeByToken)
            .put("upload/:token/:filename", use: storeByToken)
    }

    package var backgroundWork: [BackgroundWork] {
        [
            BackgroundWork(endedShares), BackgroundWork(oldKeys), BackgroundWork(endedAddresses),
            BackgroundWork("expired uploads", run: store.removeExpiredUploads),
        ]
    }

    /// Forgets under which keys files were uploaded, after a day.
    private var oldKeys: Sweep {
        Sweep("old idempotency keys", in: index) {
            try $0.removeExpiredKeys(limit: $1)
        } next: {
            try $0.nextKeyExpiry()
        }
    }

    /// Forgets upload addresses that nobody has used in time.
    private var endedAddresses: Sweep {
        Sweep("ended upload addresses", in: index) {
            try $0.removeEndedUploadTokens(limit: $1)
        } next: {
            try $0.nextUploadTokenEnd()
        }
    }

    /// Removes the rows of expired links. They open nothing any more; this only frees the space.
    private var endedShares: Sweep {
        Sweep("ended share links", in: index) {
            try $0.removeEndedShares(limit: $1)
        } next: {
            try $0.nextShareEnd()
        }
    }
}
