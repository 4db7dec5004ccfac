import CSchema

/// The tables of the index, made by the numbered files in `Sources/CSchema`. Each file runs once, in order.
enum Schema {
    /// The texts of the files, from number 1 on.
    static var files: [String] {
        sequence(first: 1) { $0 + 1 }.lazy.map { placet_schema($0) }.prefix { $0 != nil }.compactMap { $0 }
            .map { String(cString: $0) }
    }

    /// A new index passes.
    ///
    /// - Throws: ``IndexError/foreignStore``, ``IndexError/newerSchema`` or ``IndexError/unknownSchema`` when the index is
    ///   not for this store or this release.
    static func checkStore(_ storeID: String, _ index: Reader) throws {
        let number = try number(of: index)
        if number > files.count { throw IndexError.newerSchema }
        guard number > 0 else { return }
        if try isUnnumbered(index), try tables(of: index) != tablesOfFirstFile() { throw IndexError.unknownSchema }
        let recorded: String? = try index.one("SELECT id FROM store")
        if let recorded, recorded != storeID { throw IndexError.foreignStore }
    }

    /// Runs the files that have not run on this index, each in a transaction of its own.
    static func migrate(_ connection: SQLiteConnection) throws {
        let reader = Reader(connection: .sqlite(connection))
        for (number, sql) in zip(1..., files).dropFirst(try number(of: reader)) {
            try connection.transaction {
                try connection.run(script: sql)
                try connection.run(script: "PRAGMA user_version = \(number)")
            }
        }
    }

    /// Ties a new index to its store.
    static func recordStore(_ storeID: String, _ connection: SQLiteConnection) throws {
        let values: Arguments = [storeID, Timestamp.now()]
        try connection.execute(
            "INSERT INTO store (singleton, id, checked_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
            values
        )
    }

    /// How many of the files have run on an index.
    private static func number(of index: Reader) throws -> Int {
        try isUnnumbered(index) ? 1 : index.one("PRAGMA user_version") ?? 0
    }

    // MARK: Builds before the second file

    /// Whether a build made it that kept the number in a table. While the first file still changed, so did what such
    /// builds made.
    private static func isUnnumbered(_ index: Reader) throws -> Bool {
        try index.exists("SELECT 1 FROM sqlite_schema WHERE name = 'grdb_migrations'")
    }

    private static func tablesOfFirstFile() throws -> [String] {
        let connection = try SQLiteConnection(path: ":memory:", .readWrite)
        try connection.run(script: files[0])
        return try tables(of: Reader(connection: .sqlite(connection)))
    }

    private static func tables(of index: Reader) throws -> [String] {
        // Those of the full-text index are SQLite's.
        try index.all(
            """
            SELECT sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND name <> 'grdb_migrations'
                AND NOT (type = 'table' AND name GLOB 'message_search_*')
            ORDER BY sql
            """
        )
    }
}
