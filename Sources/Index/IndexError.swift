/// Why the index refused. What a caller can act on has its own case.
package enum IndexError: Error, Sendable, Equatable {
    /// The file belongs to another store.
    case foreignStore
    /// A later release wrote the file; this one does not know its schema.
    case newerSchema
    /// A build made the index whose tables no release has.
    case unknownSchema
    /// No connection to PostgreSQL could be opened at the start, in libpq's words.
    case unreachable(String)
    /// PostgreSQL cannot keep the index, for a reason that the operator can change.
    case unsuitableServer(String)
    /// A row with this identity already exists (primary key or unique index).
    case duplicate
    /// A row that this one refers to does not exist, or no longer exists.
    case missingReference
    /// The row cannot be deleted while others refer to it.
    case stillReferenced
    /// The channel does not exist or is another user's. The caller does not learn which.
    case notOwned
    /// The same, where the request is about agents themselves.
    case noSuchAgent
    /// The principal's API key is unknown, or not any more, or has expired.
    case invalidKey
    /// The principal's session has ended, or its user is deleted.
    case notSignedIn
    /// The user must choose another password before doing anything else.
    case passwordMustChange
    /// The act is for owners, and the user is none, or not any more.
    case ownersOnly
    /// The act asks for a password given lately, and the session's was given too long ago.
    case passwordNeeded
    /// The text or the files of this message cannot change: its question is answered or has expired.
    case frozen(Message.ID)
    /// No space is left on the disk; nothing of the unit was stored.
    case full
    /// Less of the disk is free than must stay free for upkeep (``Purpose``); nothing of the unit was stored.
    case reserveReached
    /// The files of the index were removed or replaced while it was open. What a commit under way stored is lost with
    /// them, or can be.
    case filesReplaced
    /// SQLite found a part of the index that makes no sense (SQLITE_CORRUPT).
    case damaged
    /// Another program has kept the write lock of the file for longer than we wait; nothing of the unit was stored.
    case busy
    /// The store was moved, to that place, or is not yet at this one; nothing of the unit was stored.
    case moved(to: String)
    /// After a move the table has other rows than before; the move was undone.
    case lostRows(table: String)
    /// Somebody has ended the noting of what changes that a move needs; the move was undone.
    case notesGone
    /// The file or its disk cannot be written.
    case readOnly
    /// What was read is larger than ``ReadLimit`` allows at this place.
    case tooLarge
    /// The index has been closed.
    case closed
    /// The server of the index cannot be reached, or ended the connection, or took too long; nothing of the unit was
    /// stored. It may go later.
    case unavailable
    /// The connection ended at the commit, and the server could not be asked in time what became of it: the unit may have
    /// been stored or not.
    case unknownOutcome
    /// Anything else that PostgreSQL answers: the SQLSTATE and its words. Nothing of the unit was stored.
    case refused(state: String, String)
    /// Anything else, as SQLite's extended result code (https://sqlite.org/rescode.html). If it comes from a commit,
    /// the unit may have been stored or not.
    case failure(code: Int32)
}
