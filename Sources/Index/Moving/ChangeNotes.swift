/// Which rows of an index have changed while they are copied: triggers write the keys down, in a table of notes for
/// each table. Notes are only added and read, until all of them are taken away together.
///
/// Their names have a token of the move. Who opens the index takes away what a dead move has left; so does another
/// move. If this one goes on nevertheless, it misses its notes, and ends.
struct ChangeNotes {
    private static let start = "moved_rows_"

    private let prefix: String
    /// The last note of each table that was read.
    private var last: [String: Int64] = [:]

    private init(prefix: String) { self.prefix = prefix }

    /// Those of a new move.
    init() { self.init(prefix: Self.start + String(UInt32.random(in: 0...UInt32.max), radix: 16) + "_") }

    /// The table with the notes of a table.
    private func notes(_ table: IndexTable) -> String { prefix + table.name }

    /// Begins to note, in a transaction with the write lock.
    func make(for tables: [IndexTable], in connection: IndexConnection) throws {
        for table in tables {
            let notes = notes(table)
            switch connection {
            case .sqlite:
                try connection.run(script: "CREATE TABLE \(notes) (note INTEGER PRIMARY KEY, \(table.keyList))")
            case .postgreSQL:
                try connection.run(
                    script: """
                        CREATE TABLE \(notes) AS SELECT \(table.keyList) FROM \(table.name) WITH NO DATA;
                        ALTER TABLE \(notes) ADD note BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY
                        """
                )
            }
            let (old, new) = (IndexTable.list(table.key, of: "old."), IndexTable.list(table.key, of: "new."))
            let changes = [
                "insert": "VALUES (\(new))", "delete": "VALUES (\(old))", "update": "SELECT \(old) UNION SELECT \(new)",
            ]
            for (event, keys) in changes {
                let note = "INSERT INTO \(notes) (\(table.keyList)) \(keys)"
                try connection.run(script: trigger("\(notes)_\(event)", event, table, note, connection))
            }
        }
    }

    private func trigger(
        _ name: String,
        _ event: String,
        _ table: IndexTable,
        _ note: String,
        _ connection: IndexConnection
    ) -> String {
        switch connection {
        case .sqlite: "CREATE TRIGGER \(name) AFTER \(event) ON \(table.name) BEGIN \(note); END"
        // Whoever writes may be another role than the one that moves the store.
        case .postgreSQL:
            """
            CREATE FUNCTION \(name)() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
                AS $$ BEGIN \(note); RETURN NULL; END $$;
            CREATE TRIGGER \(name) AFTER \(event) ON \(table.name) FOR EACH ROW EXECUTE FUNCTION \(name)()
            """
        }
    }

    /// Reads the notes of a table that have come since they were last read, in a snapshot of the index.
    ///
    /// - Parameters:
    ///   - keys: gets the keys, each once.
    ///   - rows: gets the rows that there are under them now.
    /// - Returns: how many keys there are.
    mutating func read(
        of table: IndexTable,
        in connection: IndexConnection,
        keys: ((([StoredValue]) throws -> Void) throws -> Void) throws -> Void,
        rows: ((([StoredValue]) throws -> Void) throws -> Void) throws -> Void
    ) throws -> Int {
        let (notes, before) = (notes(table), last[table.name] ?? 0)
        guard let newest: Int64 = try Reader(connection: connection).one("SELECT max(note) FROM \(notes)"),
            newest > before
        else { return 0 }
        let noted = "SELECT DISTINCT \(table.keyList) FROM \(notes) WHERE note > ?"
        let changed = "SELECT \(table.list) FROM (\(noted)) AS noted CROSS JOIN \(table.name) USING (\(table.keyList))"
        var count = 0
        try keys { store in
            try connection.rows(noted, [before]) { row in
                count += 1
                try store((row.read() as TableRow).values)
                return true
            }
        }
        try rows { store in
            try connection.rows("\(changed) WHERE \(table.condition)", [before]) { row in
                try store((row.read() as TableRow).values)
                return true
            }
        }
        last[table.name] = newest
        return count
    }

    /// Whether the notes are still there.
    func areKept(in connection: IndexConnection, of table: IndexTable) throws -> Bool {
        let index = Reader(connection: connection)
        return try index.exists(index.text(of: SQL.table), [notes(table)])
    }

    // MARK: The end

    /// Takes away the notes of this move, in a transaction with the write lock.
    func remove(from connection: IndexConnection) throws {
        let index = Reader(connection: connection)
        for statement in try index.all(index.text(of: SQL.remove), [prefix]) as [String] {
            try connection.run(script: statement)
        }
    }

    /// Takes away those of all moves.
    static func removeAll(from connection: IndexConnection) throws {
        try ChangeNotes(prefix: start).remove(from: connection)
    }
}

private enum SQL {
    static let table = Dialects(
        sqlite: "SELECT 1 FROM sqlite_schema WHERE name = ?",
        postgreSQL: "SELECT 1 WHERE to_regclass(?) IS NOT NULL"
    )
    /// The triggers first, which write into the tables.
    static let remove = Dialects(
        sqlite: """
            SELECT 'DROP ' || type || ' ' || name FROM sqlite_schema
            WHERE type IN ('table', 'trigger') AND name GLOB ? || '*' ORDER BY type DESC
            """,
        postgreSQL: """
            SELECT statement FROM (
                SELECT proname AS name, format('DROP FUNCTION %I CASCADE', proname) AS statement FROM pg_proc
                    WHERE pronamespace = current_schema()::regnamespace
                UNION ALL
                SELECT tablename, format('DROP TABLE %I', tablename) FROM pg_tables WHERE schemaname = current_schema()
            ) AS found WHERE starts_with(name, ?) ORDER BY statement
            """
    )
}
