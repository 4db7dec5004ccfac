import CSQLite
import FoundationEssentials

extension StoredValue {
    /// The value in a column of the row at which a statement stands.
    init(column: CInt, ofSQLite statement: OpaquePointer) {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_NULL:
            self = .null
        case SQLITE_INTEGER:
            self = .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT:
            // The length is asked for last: reading the text may change its encoding.
            let text = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            self = .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            // Nil for an empty one.
            let bytes = sqlite3_column_blob(statement, column)
            self = .bytes(bytes.map { Data(bytes: $0, count: Int(sqlite3_column_bytes(statement, column))) } ?? Data())
        default:
            preconditionFailure("No column of ours holds REAL.")
        }
    }

    /// Gives the value to a `?` of a statement, the first of which is 1. Returns SQLite's result code.
    func bind(to statement: OpaquePointer, at index: CInt) -> CInt {
        switch self {
        case .null:
            return sqlite3_bind_null(statement, index)
        case .integer(let number):
            return sqlite3_bind_int64(statement, index, number)
        case .text(var text):
            return text.withUTF8 {
                // The pointer of an empty text may be nil, which would mean NULL.
                $0.isEmpty
                    ? sqlite3_bind_text(statement, index, "", 0, copied)
                    : sqlite3_bind_text64(
                        statement,
                        index,
                        $0.baseAddress,
                        UInt64($0.count),
                        copied,
                        UInt8(SQLITE_UTF8)
                    )
            }
        case .bytes(let bytes):
            return bytes.withUnsafeBytes {
                $0.isEmpty
                    ? sqlite3_bind_zeroblob(statement, index, 0)
                    : sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), copied)
            }
        }
    }
}

/// Tells SQLite to copy what is bound (SQLITE_TRANSIENT, which Swift cannot import).
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
