/// A value that is read from the next columns of a row.
protocol RowReadable {
    /// Reads the columns in the order in which the statement lists them.
    init(row: inout Row)
}

/// A row of a table, with all or some of its columns.
protocol StoredRecord: RowReadable, Sendable {
    /// In the order in which `init(row:)` reads them. A test stores and reads a sample of each record this way.
    static var columns: Columns<Self> { get }
}

extension StoredRecord {
    /// The values of the record's columns, in order.
    var values: Arguments { Self.columns.values.map { $0(self) } }
}

/// The columns of a record, each with its name and its value; the names are written here only. Inside the text of a
/// statement it turns into the list of names, each qualified by the table.
struct Columns<R: Sendable>: Sendable, CustomStringConvertible {
    let table: String
    let names: [String]
    fileprivate let values: [@Sendable (R) -> (any Storable)?]
    let description: String

    /// - Parameter columns: the name of each column, and how to get its value.
    init(of table: String, _ columns: [(String, @Sendable (R) -> (any Storable)?)]) {
        self.table = table
        names = columns.map(\.0)
        values = columns.map(\.1)
        description = names.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// A statement that inserts the record's ``StoredRecord/values``, and after them further columns of the table, each
    /// given by an SQL expression. With a condition, the row is inserted only if that holds.
    func insert(and more: [(column: String, expression: String)] = [], where condition: String? = nil) -> String {
        let list = (names + more.map(\.column)).joined(separator: ", ")
        let marks = (names.map { _ in "?" } + more.map(\.expression)).joined(separator: ", ")
        if let condition { return "INSERT INTO \(table) (\(list)) SELECT \(marks) WHERE \(condition)" }
        return "INSERT INTO \(table) (\(list)) VALUES (\(marks))"
    }
}
