/// Bytes of an upload in parts that are an object in the bucket.
package struct UploadPart: Sendable, Equatable {
    package var uploadID: PartialUpload.ID
    /// Where in the upload it begins.
    package var start: Int
    /// In bytes.
    package var size: Int
    package var key: String

    package init(uploadID: PartialUpload.ID, start: Int, size: Int, key: String) {
        (self.uploadID, self.start, self.size, self.key) = (uploadID, start, size, key)
    }
}

extension UploadPart: StoredRecord {
    static let columns = Columns<UploadPart>(
        of: "upload_parts",
        [
            ("upload_id", { $0.uploadID }),
            ("start", { $0.start }),
            ("size", { $0.size }),
            ("key", { $0.key }),
        ]
    )

    init(row: inout Row) {
        uploadID = row.next()
        start = row.next()
        size = row.next()
        key = row.next()
    }
}
