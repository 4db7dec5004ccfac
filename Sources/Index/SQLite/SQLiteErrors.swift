import CSQLite

/// What SQLite answers when it cannot do something: one of its extended result codes.
package struct SQLiteError: Error, Equatable {
    package let code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// - Throws: ``SQLiteError`` for any other result than `SQLITE_OK`.
    static func check(_ result: CInt) throws {
        guard result == SQLITE_OK else { throw SQLiteError(code: result) }
    }

    /// The kind of failure, without its details.
    fileprivate var primaryCode: Int32 { code & 0xFF }

    // Names that Swift does not import.
    fileprivate static let foreignKey = SQLITE_CONSTRAINT | 3 << 8
    fileprivate static let primaryKey = SQLITE_CONSTRAINT | 6 << 8
    fileprivate static let trigger = SQLITE_CONSTRAINT | 7 << 8
    fileprivate static let unique = SQLITE_CONSTRAINT | 8 << 8
    fileprivate static let rowid = SQLITE_CONSTRAINT | 10 << 8
    fileprivate static let shmSize = SQLITE_IOERR | 19 << 8
}

extension IndexError {
    /// The error when the disk has no room for the WAL's shared memory. The commit may have been written before it.
    package static let fullAtCommit = IndexError.failure(code: SQLiteError.shmSize)
    /// A case that this module rules out.
    static let unexpected = IndexError.failure(code: SQLITE_INTERNAL)

    /// Turns an error of the engine into one of the index. Any other error stays as it is.
    static func translating(_ error: any Error) -> any Error {
        if let error = error as? PostgreSQLError { return translating(error) as IndexError }
        guard let error = error as? SQLiteError else { return error }
        switch error.code {
        case SQLiteError.unique, SQLiteError.primaryKey, SQLiteError.rowid:
            return IndexError.duplicate
        case SQLiteError.foreignKey:
            return IndexError.missingReference
        case SQLiteError.trigger:
            // None of our triggers refuses anything. SQLite reports ON DELETE RESTRICT this way.
            return IndexError.stillReferenced
        default:
            return byPrimaryCode(error)
        }
    }

    private static func byPrimaryCode(_ error: SQLiteError) -> any Error {
        switch error.primaryCode {
        case SQLITE_INTERRUPT: CancellationError()
        case SQLITE_FULL: IndexError.full
        case SQLITE_CORRUPT: IndexError.damaged
        case SQLITE_READONLY: IndexError.readOnly
        case SQLITE_BUSY: IndexError.busy
        default: IndexError.failure(code: error.code)
        }
    }
}
