import GRDB

extension IndexError {
    /// What a disk too full to grow the WAL's shared memory says, which may be after the commit was written.
    package static let fullAtCommit = IndexError.failure(code: ResultCode.SQLITE_IOERR_SHMSIZE.rawValue)
    /// Something happened that this module rules out.
    static let unexpected = IndexError.failure(code: ResultCode.SQLITE_INTERNAL.rawValue)

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
