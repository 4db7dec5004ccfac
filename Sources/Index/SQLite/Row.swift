import CSQLite
import FoundationEssentials

/// A row of an answer, read column by column from the left. It is valid until the next one is fetched.
///
/// A value that does not fit its column, or a wrong number of columns, is a defect in this module and ends the process.
/// Constraints keep the tables from holding such a value.
struct Row {
    private let statement: OpaquePointer
    private let columnCount: CInt
    private var column: CInt = 0

    /// The row at which a compiled statement stands.
    init(of statement: OpaquePointer) {
        self.statement = statement
        columnCount = sqlite3_column_count(statement)
    }

    /// The value of the next column, which must not be NULL.
    mutating func next<Value: Storable>() -> Value {
        guard let value: Value = next() else { preconditionFailure("Column \(column) is NULL, not a \(Value.self).") }
        return value
    }

    /// The value of the next column; nil for NULL.
    mutating func next<Value: Storable>() -> Value? {
        precondition(column < columnCount, "There are only \(columnCount) columns.")
        let stored = StoredValue(column: column, of: statement)
        column += 1
        if case .null = stored { return nil }
        guard let value = Value(stored: stored) else { preconditionFailure("Column \(column) is not a \(Value.self).") }
        return value
    }

    /// Reads one value from all columns together.
    func read<Value: RowReadable>() -> Value {
        var row = self
        let value = Value(row: &row)
        precondition(row.column == columnCount, "\(Value.self) reads \(row.column) of \(columnCount) columns.")
        return value
    }
}

extension StoredValue {
    /// The value in a column of the row at which a statement stands.
    fileprivate init(column: CInt, of statement: OpaquePointer) {
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
