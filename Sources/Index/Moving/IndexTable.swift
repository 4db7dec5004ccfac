/// A table of the index as it is moved from one engine to the other: both have it, with these columns.
struct IndexTable {
    let name: String
    let columns: [String]
    /// Which of its rows are moved.
    let condition: String

    /// What stays: who does what for now, and what each engine makes of the messages for itself.
    private static let left: Set = ["leases", "removal_holds", "search_changes"]

    /// Of which tables only some rows are moved when the bytes move.
    private static let part = [
        "doomed_keys": " WHERE state = 'doomed' AND key LIKE 'sha256/%'",
        "partial_uploads": " WHERE attachment_id IS NOT NULL", "upload_parts": " WHERE start < 0",
    ]

    /// All that are moved, as the files of SQLite make them.
    ///
    /// - Parameter bytesMove: whether the bytes go elsewhere too. Then uploads in parts that are open begin anew, and of the
    ///   keys that are to be removed only those are known there whose bytes may have been moved.
    static func all(bytesMove: Bool) throws -> [IndexTable] {
        let connection = try SQLiteConnection(path: ":memory:", .readWrite)
        for file in Schema.files { try connection.run(script: file) }
        let schema = Reader(connection: .sqlite(connection))
        let names: [String] = try schema.all(SQL.tables)
        return try names.filter { !left.contains($0) }.map { name in
            IndexTable(
                name: name,
                columns: try schema.all("SELECT name FROM pragma_table_info(?)", [name]),
                condition: bytesMove ? part[name] ?? "" : ""
            )
        }
    }

    /// Column names, of which some are words of SQL.
    var list: String { columns.map { "\"\($0)\"" }.joined(separator: ", ") }
    var selection: String { "SELECT \(list) FROM \(name)\(condition)" }
    var insertion: String {
        "INSERT INTO \(name) (\(list)) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    }
}

/// The values of a row, in the order of a table's columns.
struct TableRow: RowReadable {
    let values: [StoredValue]

    init(row: inout Row) {
        var values: [StoredValue] = []
        while row.hasMore { values.append(row.next() ?? .null) }
        self.values = values
    }
}

extension StoredValue: Storable {
    var stored: StoredValue { self }

    init?(stored: StoredValue) { self = stored }
}

private enum SQL {
    /// Without SQLite's own and those of the full-text index.
    static let tables = """
        SELECT name FROM sqlite_schema WHERE type = 'table'
            AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'message_search*' AND name <> 'search_trigrams'
        ORDER BY name
        """
}
