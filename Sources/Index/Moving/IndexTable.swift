/// A table of the index as it is moved from one engine to the other: both have it, with these columns.
struct IndexTable {
    let name: String
    let columns: [String]
    /// The columns of its primary key.
    let key: [String]
    let references: [Reference]
    /// Which of its rows are moved.
    let condition: String

    /// What stays: who does what for now, and what each engine makes of the messages for itself.
    private static let left: Set = ["leases", "removal_holds", "search_changes"]

    /// Of which tables only some rows are moved when the bytes move.
    private static let part = [
        "doomed_keys": "state = 'doomed' AND key LIKE 'sha256/%'",
        "partial_uploads": "attachment_id IS NOT NULL", "upload_parts": "start < 0",
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
                key: try schema.all("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [name]),
                references: try schema.all(SQL.references, [name]),
                condition: bytesMove ? part[name] ?? "true" : "true"
            )
        }
    }

    /// Column names, of which some are words of SQL.
    var list: String { Self.list(columns) }
    var keyList: String { Self.list(key) }

    static func list(_ columns: [String], of row: String = "") -> String {
        columns.map { "\(row)\"\($0)\"" }.joined(separator: ", ")
    }

    // MARK: Statements

    /// Its first rows by key, or with the values of a key those after it.
    func page(after key: [StoredValue]?, of size: Int) -> String {
        let marks = self.key.map { _ in "?" }.joined(separator: ", ")
        let rest = key == nil ? "" : " AND (\(keyList)) > (\(marks))"
        return "SELECT \(list) FROM \(name) WHERE \(condition)\(rest) ORDER BY \(keyList) LIMIT \(size)"
    }

    var count: String { "SELECT count(*) FROM \(name) WHERE \(condition)" }
}

/// A foreign key: which rows of the table `child` need one in `parent`.
struct Reference: RowReadable {
    private let parent: String
    private let match: String
    private let isSet: String

    init(row: inout Row) {
        parent = row.next()
        match = row.next()
        isSet = row.next()
    }

    /// Finds a row of a table without what it refers to, among those whose keys are in another table.
    func broken(in table: IndexTable, keys: String) -> String {
        """
        SELECT 1 FROM \(keys) CROSS JOIN \(table.name) AS child USING (\(table.keyList))
            WHERE \(isSet) AND NOT EXISTS (SELECT 1 FROM \(parent) AS parent WHERE \(match))
        """
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
    static let references = """
        SELECT "table", group_concat('parent."' || "to" || '" = child."' || "from" || '"', ' AND '),
            group_concat('child."' || "from" || '" IS NOT NULL', ' AND ')
        FROM pragma_foreign_key_list(?) GROUP BY id
        """
}
