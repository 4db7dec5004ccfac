import Glibc

extension StoreDirectory {
    /// Returns up to `limit` keys after `after`, in order.
    ///
    /// Reads the directory of `after` and as many of the next ones as the page needs. Each directory is read and sorted
    /// whole: 4 000 names when the store holds a million blobs.
    func keys(after: BlobKey?, limit: Int) throws(BlobError) -> [BlobKey] {
        var page: [BlobKey] = []
        for byte in (after?.digest.bytes.first ?? 0)...255 {
            guard page.count < limit else { break }
            let directory = Hex.encode([byte])
            let keys = try Descriptor.names(in: blobs.raw, "sha256/\(directory)")
                .compactMap { BlobKey(directory: directory, name: $0) }
                .filter { key in after.map { $0 < key } ?? true }
            page += keys.sorted().prefix(limit - page.count)
        }
        return page
    }
}
