import Blobs
import Index

/// Where index and bytes of a store are.
package struct StorePlace: Sendable, CustomStringConvertible {
    package let index: IndexLocation
    /// Nil for the storage folder.
    package let bucket: BucketSettings?

    package init(index: IndexLocation, bucket: BucketSettings?) {
        (self.index, self.bucket) = (index, bucket)
    }

    /// For people, and to be compared: the index of a store that has moved keeps it (`store.moved_to`).
    package var description: String {
        let index =
            switch index {
            case .file: "index.sqlite in the storage folder"
            case .postgreSQL(let server): "PostgreSQL at \(server.address)"
            }
        return "\(index), files in \(bucket?.location.description ?? "the storage folder")"
    }
}
