import Glibc

/// A file of SQLite to which an index is moved. It is filled under another name.
struct MovedFile {
    let path: String
    private var newPath: String { path + ".moving" }

    /// Nil when there is no file, or nothing in it.
    func state() throws -> IndexState? {
        guard access(path, F_OK) == 0 else { return nil }
        // The last one to close it writes its log back, so that none is beside it.
        let connection = try SQLiteConnection(path: path, .readWrite)
        let index = Reader(connection: .sqlite(connection))
        guard try index.exists("SELECT 1 FROM sqlite_schema") else { return nil }
        guard try index.isCurrent() else { throw IndexError.unknownSchema }
        return try index.state()
    }

    func fill(_ move: RowMove) throws {
        remove(newPath)
        do {
            try write(move)
            try move.check(try state())
            try sync(newPath, O_RDWR)
            // With another file's log beside it, a file would be damaged.
            remove(path)
            guard rename(newPath, path) == 0 else { throw IndexError.readOnly }
            try sync(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".", O_RDONLY)
        } catch {
            remove(newPath)
            throw error
        }
    }

    func open() throws {
        let connection = try SQLiteConnection(path: path, .readWrite)
        try connection.run(script: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try connection.execute("UPDATE store SET moved_to = NULL", [])
    }

    private func write(_ move: RowMove) throws {
        let connection = try SQLiteConnection(path: newPath, .readWrite)
        defer { connection.close() }
        // Nobody sees it before it is whole, so nothing need be undone. See `SQLiteWriter` for the vacuum.
        try connection.run(
            script: "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"
        )
        try Schema.migrate(connection)
        try connection.run(script: "PRAGMA foreign_keys = OFF")
        let index = Reader(connection: .sqlite(connection))
        try connection.transaction {
            let triggers: [String] = try index.all(SQL.triggers)
            let names: [String] = try index.all(SQL.triggerNames)
            for name in names { try connection.run(script: "DROP TRIGGER \(name)") }
            var counts: [String: Int] = [:]
            for table in move.tables {
                let insertion = table.insertion
                counts[table.name] = try move.copy(table) { try connection.execute(insertion, $0.values) }
            }
            try connection.execute(SQL.forgetNumbers, [])
            try connection.execute(SQL.lastAnswer, [try move.source.lastAnswer()])
            try connection.execute(SQL.search, [])
            for trigger in triggers { try connection.run(script: trigger) }
            try move.finish(counts, in: .sqlite(connection))
            if try index.exists("PRAGMA foreign_key_check") { throw IndexError.missingReference }
        }
    }

    private func sync(_ path: String, _ flags: Int32) throws {
        let file = Glibc.open(path, flags | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, fsync(file) == 0 else { throw IndexError.readOnly }
    }

    private func remove(_ path: String) {
        for ending in ["", "-wal", "-shm", "-journal"] { unlink(path + ending) }
    }
}

private enum SQL {
    static let triggers = "SELECT sql FROM sqlite_schema WHERE type = 'trigger'"
    static let triggerNames = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    static let forgetNumbers = "DELETE FROM sqlite_sequence WHERE name = 'answers'"
    static let lastAnswer = "INSERT INTO sqlite_sequence (name, seq) VALUES ('answers', ?)"
    static let search = "INSERT INTO message_search (message_search) VALUES ('rebuild')"
}
