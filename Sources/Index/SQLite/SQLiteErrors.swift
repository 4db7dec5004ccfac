import GRDB

extension IndexError {
    /// The error when the disk has no room for the WAL's shared memory. The commit may have been written before it.
    package static let fullAtCommit = IndexError.failure(code: ResultCode.SQLITE_IOERR_SHMSIZE.rawValue)
    /// A case that this module rules out.
    static let unexpected = IndexError.failure(code: ResultCode.SQLITE_INTERNAL.rawValue)

    /// Turns an error of GRDB into one of the index. Any other error stays as it is.
    static func translating(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.extendedResultCode {
        case .SQLITE_INTERRUPT:
            return CancellationError()
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return IndexError.duplicate
        case .SQLITE_CONSTRAINT_FOREIGNKEY:
            return IndexError.missingReference
        case .SQLITE_CONSTRAINT_TRIGGER:
            // None of our triggers refuses anything. SQLite reports ON DELETE RESTRICT this way.
            return IndexError.stillReferenced
        default:
            return byPrimaryCode(error)
        }
    }

    private static func byPrimaryCode(_ error: DatabaseError) -> IndexError {
        switch error.resultCode {
        case .SQLITE_FULL: .full
        case .SQLITE_CORRUPT: .damaged
        // Busy: another program, such as a shell, held the write lock for longer than we wait. Nothing was begun.
        case .SQLITE_READONLY, .SQLITE_BUSY: .readOnly
        // What GRDB reports for a closed connection. Our statements give no other reason for it.
        case .SQLITE_MISUSE: .closed
        default: .failure(code: error.extendedResultCode.rawValue)
        }
    }
}
