import Index

/// What is told while a store moves.
package enum MoveProgress: Sendable {
    /// So many bytes of contents are at the new place, of all.
    case bytes(done: Int, of: Int)
    /// So many rows are copied, of about all.
    case rows(done: Int, of: Int)
    /// The write lock is taken: from here on servers refuse to write.
    case locked
    /// The store is at its new place, and servers can start there; an index for searches may still be made.
    case arrived
}

/// What a move did.
package struct MoveOutcome: Sendable, Equatable {
    /// Contents that this run has copied.
    package var copied = StoredAmount()
    /// Objects in the new bucket that belong to no file of this store. They were left there.
    package var orphanCount = 0
    package var rowCount = 0
    /// How long nobody could write before the store had moved.
    package var lockedFor = Duration.zero
    /// Whether an earlier run had moved the store, and this one only finished it.
    package var wasMoved = false
}
