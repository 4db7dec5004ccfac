import CSchema

/// The tables of the index, made by the numbered files in `Sources/CSchema`. Each file runs once, in order.
enum Schema {
    /// The texts of the files, from number 1 on.
    static var files: [String] {
        sequence(first: 1) { $0 + 1 }.lazy.map { placet_schema($0) }.prefix { $0 != nil }.compactMap { $0 }
            .map { String(cString: $0) }
    }

    /// Throws ``IndexError/foreignStore`` or ``IndexError/newerSchema`` when the index is not for this store or this
    /// release. A new one passes.
    static func checkStore(_ storeID: String, _ index: Reader) throws {
        let number = try number(of: index)
        if number > files.count { throw IndexError.newerSchema }
        guard number > 0 else { return }
        let recorded: String? = try index.one("SELECT id FROM store")
        if let recorded, recorded != storeID { throw IndexError.foreignStore }
    }

    /// Runs the files that have not run on this index, each in a transaction of its own.
    static func migrate(_ connection: SQLiteConnection) throws {
        let reader = Reader(connection: connection)
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

    /// How many of the files have run on an index. Builds before the second file kept that in a table.
    private static func number(of index: Reader) throws -> Int {
        let number: Int = try index.one("PRAGMA user_version") ?? 0
        guard number == 0, try index.exists("SELECT 1 FROM sqlite_schema WHERE name = 'grdb_migrations'") else {
            return number
        }
        return try index.one("SELECT count(*) FROM grdb_migrations") ?? 0
    }
}
