/// A row of an answer, read column by column from the left. It is valid until the next one is fetched.
///
/// A value that does not fit its column, or a wrong number of columns, is a defect in this module and ends the process.
/// Constraints keep the tables from holding such a value.
struct Row {
    private enum Source {
        /// A compiled statement that stands at the row.
        case sqlite(OpaquePointer)
        /// An answer of one row.
        case postgreSQL(OpaquePointer)
    }

    private let source: Source
    private let columnCount: CInt
    private var column: CInt = 0

    init(ofSQLite statement: OpaquePointer, columnCount: CInt) {
        source = .sqlite(statement)
        self.columnCount = columnCount
    }

    init(ofPostgreSQL answer: OpaquePointer, columnCount: CInt) {
        source = .postgreSQL(answer)
        self.columnCount = columnCount
    }

    /// Whether there is another column.
    var hasMore: Bool { column < columnCount }

    /// The value of the next column, which must not be NULL.
    mutating func next<Value: Storable>() -> Value {
        guard let value: Value = next() else { preconditionFailure("Column \(column) is NULL, not a \(Value.self).") }
        return value
    }

    /// The value of the next column; nil for NULL.
    mutating func next<Value: Storable>() -> Value? {
        precondition(column < columnCount, "There are only \(columnCount) columns.")
        let stored =
            switch source {
            case .sqlite(let statement): StoredValue(column: column, ofSQLite: statement)
            case .postgreSQL(let answer): StoredValue(column: column, ofPostgreSQL: answer)
            }
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
