import Index

/// What is stored. All sizes are in bytes.
package struct StorageJSON: Encodable, Sendable {
    /// As users see them: the same content counts once for each file that has it.
    let files: AmountJSON
    /// Those of the files that are in no message, and expire.
    let unattached: AmountJSON
    /// On disk: each content once.
    let blobs: AmountJSON
    /// Contents that no file has any more; the collector takes them when their grace is over.
    let reclaimable: AmountJSON
    /// Keys whose bytes have no row any more and are about to be removed.
    let doomedKeys: Int
    let freeBytes: Int64

    package init(_ figures: StorageFigures, freeBytes: Int64) {
        files = AmountJSON(figures.files)
        unattached = AmountJSON(figures.unattached)
        blobs = AmountJSON(figures.blobs)
        reclaimable = AmountJSON(figures.reclaimable)
        doomedKeys = figures.doomedKeys
        self.freeBytes = freeBytes
    }
}

/// How many, and their size in bytes together.
struct AmountJSON: Encodable, Sendable {
    let count: Int
    let bytes: Int

    init(_ amount: StoredAmount) {
        (count, bytes) = (amount.count, amount.bytes)
    }

    init(_ taken: CollectedBlobs) {
        (count, bytes) = (taken.count, taken.bytes)
    }
}
