/// A database of PostgreSQL to which an index is moved, in one transaction. For one task.
final class MovedDatabase {
    private let server: PostgreSQLConnection
    /// The foreign keys.
    private var references: [Rule] = []
    var connection: IndexConnection { .postgreSQL(server) }
    private var index: Reader { Reader(connection: connection) }

    init(_ server: PostgreSQLServer) throws {
        self.server = try PostgreSQLConnection(reaching: server)
        try PostgreSQLSchema.checkServer(self.server, index)
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

    // MARK: Rows

    /// What keeps rows right as they come one by one is made again once all are there, and all that is then checked.
    func fill(_ move: RowMove) throws {
        server.begin(
            "",
            "SET LOCAL statement_timeout = 0",
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            // Keys of changed rows are few: their rows are found by index.
            "SET LOCAL enable_hashjoin = off",
            "SET LOCAL enable_mergejoin = off",
            "SET LOCAL maintenance_work_mem = '256MB'",
            "SELECT pg_advisory_xact_lock(\(PostgreSQLWriter.lock))"
        )
        try makeEmpty(move)
        let references: [Rule] = try index.all(SQL.references)
        let rules: [Rule] = try index.all(SQL.unique) + index.all(SQL.indexes)
        try run((references + rules).map(\.drop) + ["DROP INDEX IF EXISTS messages_by_trigrams"])
        try setTriggers("DISABLE", move)
        try move.copyAll(into: connection)
        // Now the rows are those of one moment.
        _ = try move.follow(into: connection, counting: true)
        for rule in rules {
            try server.run(script: rule.make)
            try move.tell(0)
        }
        // Joins of whole tables.
        try server.run(script: "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")
        for rule in references {
            try server.run(script: "\(rule.make); \(rule.drop)")
            try move.tell(0)
        }
        try server.run(script: "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; ANALYZE")
        self.references = references
    }

    /// A database that has an index is one that this store has left, or did not get to.
    private func makeEmpty(_ move: RowMove) throws {
        if try PostgreSQLSchema.number(of: index) == 0 { return try PostgreSQLSchema.create(server) }
        try move.check(try index.state())
        try ChangeNotes.removeAll(from: connection)
        let tables: [String] = try index.all(SQL.tables)
        try server.run(script: "TRUNCATE \(tables.filter { $0 != "schema_files" }.joined(separator: ", "))")
    }

    func complete(_ move: RowMove) throws -> Int {
        let count = try move.follow(into: connection)
        let last = try move.source.lastAnswer()
        try server.rows(SQL.lastAnswer, [max(last, 1), last > 0]) { _ in true }
        // For what is written from now on; `makeWhole` looks at the rows that are there.
        try run(references.map { $0.make + " NOT VALID" })
        try setTriggers("ENABLE", move)
        try move.mark(connection)
        try server.commit()
        return count
    }

    func abandon() { server.rollBack() }

    private func run(_ statements: [String]) throws {
        try server.run(script: statements.joined(separator: ";"))
    }

    private func setTriggers(_ word: String, _ move: RowMove) throws {
        try run(move.tables.map { "ALTER TABLE \($0.name) \(word) TRIGGER USER" })
    }

    // MARK: The store is here

    func open() throws { try server.execute("UPDATE store SET moved_to = NULL", []) }

    /// Makes the index of trigrams, which takes several times as long as all the rest, and has the foreign keys known as
    /// checked, beside whoever uses the tables by now.
    func makeWhole() throws {
        try server.run(script: "SET statement_timeout = 0; SET maintenance_work_mem = '256MB'")
        for statement in try index.all(SQL.unchecked) as [String] { try server.run(script: statement) }
        guard try !index.exists(SQL.isSearchIndexWhole) else { return }
        // One that was cut off is of no use.
        try server.run(script: "DROP INDEX IF EXISTS messages_by_trigrams")
        let files = PostgreSQLSchema.files.joined()
        guard let statement = files.firstMatch(of: /CREATE INDEX messages_by_trigrams [^;]*/)?.output else { return }
        try server.run(script: String(statement).replacing("CREATE INDEX", with: "CREATE INDEX CONCURRENTLY"))
    }
}

/// What the engine sees to in a table, and is taken away while it is filled.
private struct Rule: RowReadable {
    let drop: String
    let make: String

    init(row: inout Row) {
        drop = row.next()
        make = row.next()
    }
}

private enum SQL {
    static let tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    private static let constraints = """
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                replace(pg_get_constraintdef(oid), ' NOT VALID', ''))
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype
        """
    static let references = "\(constraints) = 'f'"
    static let unique = "\(constraints) = 'u'"
    /// Without that of the trigrams, and those of constraints.
    static let indexes = """
        SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes
        WHERE schemaname = current_schema() AND indexname <> 'messages_by_trigrams' AND NOT EXISTS (
            SELECT 1 FROM pg_constraint WHERE conname = indexname AND connamespace = current_schema()::regnamespace
        )
        """
    static let unchecked = """
        SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I', conrelid::regclass, conname)
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype = 'f' AND NOT convalidated
        """
    static let isSearchIndexWhole = """
        SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('messages_by_trigrams') AND indisvalid
        """
    static let lastAnswer = "SELECT setval('answers_number_seq', ?, ?::bigint = 1)"
}
