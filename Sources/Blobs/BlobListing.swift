import Glibc

extension StoreDirectory {
    /// Returns up to `limit` keys after `after`, in order.
    func keys(after: BlobKey?, limit: Int) throws(BlobError) -> [BlobKey] {
        try Descriptor.keys(in: blobs.raw, after: after, limit: limit)
    }
}

extension Descriptor {
    /// The same for the folder `blobs`.
    ///
    /// Reads the directory of `after` and as many of the next ones as the page needs. Each directory is read and sorted
    /// whole: 4 000 names when the store holds a million blobs.
    static func keys(in blobs: Int32, after: BlobKey?, limit: Int) throws(BlobError) -> [BlobKey] {
        var page: [BlobKey] = []
        for byte in (after?.digest.bytes.first ?? 0)...255 {
            guard page.count < limit else { break }
            let directory = Hex.encode([byte])
            let keys = try names(in: blobs, "sha256/\(directory)")
                .compactMap { BlobKey(directory: directory, name: $0) }
                .filter { key in after.map { $0 < key } ?? true }
            page += keys.sorted().prefix(limit - page.count)
        }
        return page
    }
}
