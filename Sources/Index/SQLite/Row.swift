import GRDB

/// A row of an answer, read column by column from the left. It is valid until the next one is fetched.
///
/// A value that does not fit its column, or a wrong number of columns, is a defect in this module and ends the process.
/// Constraints keep the tables from holding such a value.
struct Row {
    private let statement: SQLiteStatement
    private let columnCount: CInt
    private var column: CInt = 0

    /// The row at which `statement` stands.
    init(of statement: Statement) {
        self.statement = statement.sqliteStatement
        columnCount = CInt(statement.columnCount)
    }

    /// The value of the next column, which must not be NULL.
    mutating func next<Value: Storable>() -> Value {
        guard let value: Value = next() else { preconditionFailure("Column \(column) is NULL, not a \(Value.self).") }
        return value
    }

    /// The value of the next column; nil for NULL.
    mutating func next<Value: Storable>() -> Value? {
        precondition(column < columnCount, "There are only \(columnCount) columns.")
        let stored = StoredValue(DatabaseValue(sqliteStatement: statement, index: column))
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
    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .string(let text): self = .text(text)
        case .blob(let bytes): self = .bytes(bytes)
        case .double: preconditionFailure("No column of ours holds REAL.")
        }
    }

    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): bytes.databaseValue
        }
    }
}
