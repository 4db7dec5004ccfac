/// Why the index refused; what the caller can act on has a case of its own.
package enum IndexError: Error, Sendable, Equatable {
    /// The file belongs to another store.
    case foreignStore
    /// The file was written by a later release, whose schema this one does not know.
    case newerSchema
    /// A row with this identity exists already (primary key or unique index).
    case duplicate
    /// A row that this one refers to does not exist (any more).
    case missingReference
    /// The row cannot go while others refer to it.
    case stillReferenced
    /// The channel does not exist, or is another user's; which of the two is not told apart.
    case notOwned
    /// The same where agents themselves are asked for.
    case noSuchAgent
    /// No space left on the disk; nothing of the unit was stored.
    case full
    /// The file or its disk cannot be written.
    case readOnly
    /// The index has been closed.
    case closed
    /// Anything else: SQLite's extended result code (https://sqlite.org/rescode.html). At a commit it leaves open whether
    /// the unit was stored.
    case failure(code: Int32)
}
