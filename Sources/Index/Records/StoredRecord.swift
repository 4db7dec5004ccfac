/// What is read from the next columns of a row.
protocol RowReadable {
    /// Reads the columns in the order of the statement's list.
    init(row: inout Row)
}

/// A row of a table, with all or some of its columns.
protocol StoredRecord: RowReadable, Sendable {
    /// In the order in which `init(row:)` reads them; a test stores and reads a sample of each record by them.
    static var columns: Columns<Self> { get }
}

extension StoredRecord {
    /// The values of the record's columns, in their order.
    var values: Arguments { Self.columns.values.map { $0(self) } }
}

/// The columns of a record, each by its name and its value: the only place where the names stand. In the text of a
/// statement it is the list of the names, each with the table's before it.
struct Columns<R: Sendable>: Sendable, CustomStringConvertible {
    let table: String
    let names: [String]
    fileprivate let values: [@Sendable (R) -> (any Storable)?]
    let description: String

    /// - Parameter columns: name and value of each.
    init(of table: String, _ columns: [(String, @Sendable (R) -> (any Storable)?)]) {
        self.table = table
        names = columns.map(\.0)
        values = columns.map(\.1)
        description = names.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// A statement that inserts a row with the record's ``StoredRecord/values``, and after them more columns of the
    /// table, each given by an SQL expression; on a condition, if there is one.
    func insert(and more: [(column: String, expression: String)] = [], where condition: String? = nil) -> String {
        let list = (names + more.map(\.column)).joined(separator: ", ")
        let marks = (names.map { _ in "?" } + more.map(\.expression)).joined(separator: ", ")
        if let condition { return "INSERT INTO \(table) (\(list)) SELECT \(marks) WHERE \(condition)" }
        return "INSERT INTO \(table) (\(list)) VALUES (\(marks))"
    }
}
