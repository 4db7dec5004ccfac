import Index

/// What is stored. All sizes are in bytes.
package struct StorageJSON: Encodable, Sendable {
    struct Amount: Encodable, Sendable {
        let count: Int
        let bytes: Int

        init(_ amount: StoredAmount) {
            (count, bytes) = (amount.count, amount.bytes)
        }
    }

    /// As users see them: the same content counts once for each file that has it.
    let files: Amount
    /// Those of the files that are in no message, and expire.
    let unattached: Amount
    /// On disk: each content once.
    let blobs: Amount
    /// Contents that no file has any more; the collector takes them when their grace is over.
    let reclaimable: Amount
    /// Keys whose bytes have no row any more and are about to be removed.
    let doomedKeys: Int
    let freeBytes: Int64

    package init(_ figures: StorageFigures, freeBytes: Int64) {
        files = Amount(figures.files)
        unattached = Amount(figures.unattached)
        blobs = Amount(figures.blobs)
        reclaimable = Amount(figures.reclaimable)
        doomedKeys = figures.doomedKeys
        self.freeBytes = freeBytes
    }
}
