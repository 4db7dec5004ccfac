import GRDB

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
    /// No space left on the disk; nothing of the unit was stored.
    case full
    /// The file or its disk cannot be written.
    case readOnly
    /// The index has been closed.
    case closed
    /// Anything else: SQLite's extended result code (https://sqlite.org/rescode.html). At a commit it leaves open whether
    /// the unit was stored.
    case failure(code: Int32)

    /// What a disk too full to grow the WAL's shared memory says, which may be after the commit was written.
    package static let fullAtCommit = IndexError.failure(code: ResultCode.SQLITE_IOERR_SHMSIZE.rawValue)
}

extension IndexError {
    /// The index's word for an error of GRDB; every other error as it is.
    static func translating(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return IndexError.duplicate
        case .SQLITE_CONSTRAINT_FOREIGNKEY:
            return IndexError.missingReference
        case .SQLITE_CONSTRAINT_TRIGGER:
            // No trigger of ours refuses anything: this is how SQLite reports ON DELETE RESTRICT.
            return IndexError.stillReferenced
        default:
            return byPrimaryCode(error)
        }
    }

    private static func byPrimaryCode(_ error: DatabaseError) -> IndexError {
        switch error.resultCode {
        case .SQLITE_FULL: .full
        // Busy: somebody else's shell has held the write lock for longer than we wait, and nothing was begun.
        case .SQLITE_READONLY, .SQLITE_BUSY: .readOnly
        // GRDB's answer of a closed connection; our statements give no other reason for it.
        case .SQLITE_MISUSE: .closed
        default: .failure(code: error.extendedResultCode.rawValue)
        }
    }
}
