import Index

/// Why a store is not moved. Nothing has changed for whoever serves it.
package enum MoveError: Error, Sendable, Equatable {
    case samePlace
    /// Nodes that have not heard of it would go on with the old bucket.
    case sharedBytes
    case betweenBuckets
    /// There is no index, or another release made it.
    case noIndex
    case storeHasMoved(String)
    case indexInUse
    case indexOfAnother
    case bucketIsNotOurs(owner: String?)
    case notEnoughRoom(needed: Int64, free: Int64)
    /// Others have kept the write lock for too long.
    case noLock
    /// Another move of the store is at work, or a server has ended the noting of what changes.
    case disturbed
    /// A row names what cannot be a key.
    case impossibleKey(String)
    /// Files whose bytes are missing or others, and how many there are.
    case damaged([Fault], count: Int)
}

extension MoveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .samePlace: "The store is there already. Say by --to-index or --to-blobs where it is to go."
        case .sharedBytes:
            "The files of a store on PostgreSQL do not move alone: other nodes would go on with the old bucket. Move the "
                + "index too (--to-index)."
        case .betweenBuckets:
            "Files do not move from bucket to bucket. Copy the objects by the tools of the object store while no server runs."
        case .noIndex:
            "There is no index of this release there. Start the server once, which makes or migrates it, and move then."
        case .storeHasMoved(let place): "The store was moved before, to \(place)."
        case .indexInUse:
            "The index that was named is in use, by this store or another one. Name an empty database, or move the file "
                + "index.sqlite away."
        case .indexOfAnother: "The index that was named belongs to another store. Name another one."
        case .bucketIsNotOurs(let owner?): "The bucket has the files of another store, \(owner). Name another prefix."
        case .bucketIsNotOurs(nil):
            "The bucket has objects, but no placet-store that says whose they are. Name an empty prefix of the bucket."
        case .notEnoughRoom(let needed, let free):
            "The files need \(needed) bytes, and the disk of the storage folder has \(free) free. Make room first."
        case .noLock: "Others have kept the write lock of the index for a minute. Try again when less is written."
        case .disturbed:
            "Another placet migrate is at work, or a server was started meanwhile. The store is where it was: run the same "
                + "command again."
        case .impossibleKey(let key): "The index names a key that cannot be one, \(key). Look at it with placet fsck."
        case .damaged(_, let count):
            "\(count) files are damaged, and the store stays where it is; all others are copied. Look at them with placet "
                + "fsck, mend or delete them, and run the same command again."
        }
    }
}
