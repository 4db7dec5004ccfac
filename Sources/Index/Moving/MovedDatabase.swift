/// A database of PostgreSQL to which an index is moved, in one transaction.
struct MovedDatabase {
    private let connection: PostgreSQLConnection
    private var index: Reader { Reader(connection: .postgreSQL(connection)) }

    init(_ server: PostgreSQLServer) throws {
        connection = try PostgreSQLConnection(reaching: server)
        try PostgreSQLSchema.checkServer(connection, index)
    }

    /// Nil when there is no store in it.
    func state() throws -> IndexState? {
        if try PostgreSQLSchema.number(of: index) == 0 {
            guard try !index.exists(SQL.tables) else {
                throw IndexError.unsuitableServer("the database has tables that are not ours; make another one")
            }
            return nil
        }
        guard try index.isCurrent() else { throw IndexError.unknownSchema }
        return try index.state()
    }

    func fill(_ move: RowMove) throws {
        connection.begin(
            "",
            "SET LOCAL statement_timeout = 0",
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            "SELECT pg_advisory_xact_lock(\(PostgreSQLWriter.lock))"
        )
        do {
            try write(move)
            try connection.commit()
        } catch {
            connection.rollBack()
            throw error
        }
    }

    func open() throws {
        try connection.execute("UPDATE store SET moved_to = NULL", [])
        // So that the first questions are not planned for empty tables.
        try connection.run(script: "SET statement_timeout = 0")
        try connection.run(script: "ANALYZE")
    }

    /// Makes the index of trigrams, beside whoever uses the tables by now. It takes several times as long as all the rest.
    func makeSearchIndex() throws {
        guard try !index.exists(SQL.isSearchIndexWhole) else { return }
        // One that was cut off is of no use.
        try connection.run(script: SQL.dropSearchIndex)
        try connection.run(script: "SET maintenance_work_mem = '256MB'")
        let files = PostgreSQLSchema.files.joined()
        guard let statement = files.firstMatch(of: /CREATE INDEX messages_by_trigrams [^;]*/)?.output else { return }
        try connection.run(script: String(statement).replacing("CREATE INDEX", with: "CREATE INDEX CONCURRENTLY"))
    }

    private func write(_ move: RowMove) throws {
        if try PostgreSQLSchema.number(of: index) == 0 {
            try PostgreSQLSchema.create(connection)
        } else {
            try move.check(try index.state())
            let tables: [String] = try index.all(SQL.tables)
            try connection.run(script: "TRUNCATE \(tables.filter { $0 != "schema_files" }.joined(separator: ", "))")
        }
        // What keeps rows right as they come one by one is made again once all are there. It is checked then.
        let keys: [String] = try index.all(SQL.makeKeys)
        for statement in try index.all(SQL.dropKeys) as [String] { try connection.run(script: statement) }
        try connection.run(script: SQL.dropSearchIndex)
        try setTriggers("DISABLE", move)
        var counts: [String: Int] = [:]
        for table in move.tables {
            try connection.copy(into: "\(table.name) (\(table.list))") { write in
                counts[table.name] = try move.copy(table) { try write($0.values) }
            }
        }
        let last = try move.source.lastAnswer()
        try connection.rows(SQL.lastAnswer, [max(last, 1), last > 0]) { _ in true }
        for statement in keys { try connection.run(script: statement) }
        try setTriggers("ENABLE", move)
        try move.finish(counts, in: .postgreSQL(connection))
    }

    private func setTriggers(_ word: String, _ move: RowMove) throws {
        for table in move.tables { try connection.run(script: "ALTER TABLE \(table.name) \(word) TRIGGER USER") }
    }
}

private enum SQL {
    static let tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    private static let keys = "FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    static let dropKeys = "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) \(keys)"
    static let makeKeys = """
        SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) \(keys)
        """
    static let dropSearchIndex = "DROP INDEX IF EXISTS messages_by_trigrams"
    static let isSearchIndexWhole = """
        SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('messages_by_trigrams') AND indisvalid
        """
    static let lastAnswer = "SELECT setval('answers_number_seq', ?, ?::bigint = 1)"
}
