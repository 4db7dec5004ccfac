extension MoveSource {
    private static let page = 1000

    /// How many rows are to be moved, about.
    package func rowCount() throws -> Int {
        try translating {
            try IndexTable.all(bytesMove: false).reduce(0) { sum, table in sum + (try index.one(table.count) ?? 0) }
        }
    }

    /// Begins to note what changes. What another move has noted is taken away.
    ///
    /// - Throws: ``IndexError/notesGone`` when that one is at work on PostgreSQL. In a file it notices by itself.
    func note(_ tables: [IndexTable]) throws {
        let new = ChangeNotes()
        try write { tx in
            if tx.isPostgreSQL {
                guard try tx.one(SQL.takeLock, [PostgreSQLWriter.moveLock]) == true else { throw IndexError.notesGone }
                // Whoever works on a table for long, such as VACUUM, must not hold up writers.
                try connection.run(script: "SET LOCAL lock_timeout = '5s'")
            }
            try ChangeNotes.removeAll(from: tx.connection)
            try new.make(for: tables, in: tx.connection)
        }
        notes = new
    }

    /// Takes its notes away, if that goes at once. Else who opens the index next does it.
    package func endNotes() {
        guard let notes else { return }
        self.notes = nil
        try? connection.run(script: index.isPostgreSQL ? "SET lock_timeout = '3s'" : "PRAGMA busy_timeout = 3000")
        try? write { try notes.remove(from: $0.connection) }
    }

    /// Passes all rows of a table on, page by page, and calls `pause` between two.
    func copy(
        _ table: IndexTable,
        _ store: ([StoredValue]) throws -> Void,
        pause: (_ count: Int) throws -> Void
    ) throws {
        let places = table.key.map { table.columns.firstIndex(of: $0) ?? 0 }
        var last: [StoredValue]?
        while true {
            var count = 0
            try connection.rows(table.page(after: last, of: Self.page), last ?? []) { row in
                let values = (row.read() as TableRow).values
                try store(values)
                count += 1
                if count == Self.page { last = places.map { values[$0] } }
                return true
            }
            try pause(count)
            if count < Self.page { return }
        }
    }

    /// Runs `body` on one snapshot; while nobody can write, everything is one.
    func snapshot<T>(_ body: () throws -> T) throws -> T {
        if isLocked { return try body() }
        switch connection {
        case .sqlite(let connection): try connection.execute("BEGIN TRANSACTION", [])
        case .postgreSQL(let connection): connection.begin("ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        }
        // Nothing was written.
        defer {
            switch connection {
            case .sqlite(let connection): _ = try? connection.execute("ROLLBACK TRANSACTION", [])
            case .postgreSQL(let connection): connection.rollBack()
            }
        }
        return try body()
    }

    /// The last number that `answers` has given out: none is given twice.
    func lastAnswer() throws -> Int64 { try index.one(index.text(of: SQL.lastAnswer)) ?? 0 }
}

private enum SQL {
    static let takeLock = "SELECT pg_try_advisory_lock(?)"
    static let lastAnswer = Dialects(
        sqlite: "SELECT seq FROM sqlite_sequence WHERE name = 'answers'",
        postgreSQL: "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM answers_number_seq"
    )
}
