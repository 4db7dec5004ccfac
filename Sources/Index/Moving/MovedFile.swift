import Glibc

/// A file of SQLite to which an index is moved. It is filled under another name. For one task.
final class MovedFile {
    /// How many texts are indexed at a time.
    private static let page = 10_000

    let path: String
    private var newPath: String { path + ".moving" }
    private var hasBegun = false
    private var filled: Filled?

    /// The file that nobody sees yet.
    private struct Filled {
        let connection: SQLiteConnection
        /// What makes the triggers again.
        let triggers: [String]
        var index: IndexConnection { .sqlite(connection) }
    }

    init(path: String) { self.path = path }

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

    // MARK: Rows

    func fill(_ move: RowMove) throws {
        hasBegun = true
        remove(newPath)
        let file = try makeFile()
        filled = file
        try file.connection.transaction { try move.copyAll(into: file.index) }
        // Now the rows are those of one moment.
        try file.connection.transaction { _ = try move.follow(into: file.index, counting: true) }
        try file.connection.transaction { try fillSearch(file.connection, move) }
        // From here on the index of the texts has to be told of changes.
        for trigger in file.triggers where trigger.contains("search_changes") {
            try file.connection.run(script: trigger)
        }
        if try Reader(connection: file.index).exists("PRAGMA foreign_key_check") { throw IndexError.missingReference }
        try sync(newPath, O_RDWR)
    }

    /// Nobody sees it before it is whole, so nothing need be undone. See `SQLiteWriter` for the vacuum.
    private func makeFile() throws -> Filled {
        let connection = try SQLiteConnection(path: newPath, .readWrite)
        try connection.run(
            script: """
                PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                PRAGMA cache_size = -65536
                """
        )
        try Schema.migrate(connection)
        try connection.run(script: "PRAGMA foreign_keys = OFF")
        let index = Reader(connection: .sqlite(connection))
        let file = Filled(connection: connection, triggers: try index.all(SQL.triggers))
        for name in try index.all(SQL.triggerNames) as [String] { try connection.run(script: "DROP TRIGGER \(name)") }
        return file
    }

    /// In pieces, because there may be very many.
    private func fillSearch(_ connection: SQLiteConnection, _ move: RowMove) throws {
        let index = Reader(connection: .sqlite(connection))
        var last = Int64.min
        while let next: Int64 = try index.one(SQL.lastText, [last, Self.page]) {
            try connection.execute(SQL.addTexts, [last, next])
            last = next
            try move.tell(0)
        }
    }

    func follow(_ move: RowMove) throws -> Int {
        guard let filled else { return 0 }
        var count = 0
        try filled.connection.transaction {
            count = try move.follow(into: filled.index)
            let tx = Transaction(connection: filled.index, now: .now(), announcements: Announcements())
            while try SearchChanges.apply(in: tx) {}
        }
        return count
    }

    func complete(_ move: RowMove) throws -> Int {
        let count = try follow(move)
        guard let connection = filled?.connection, let triggers = filled?.triggers else { return 0 }
        try connection.transaction {
            try connection.execute(SQL.forgetNumbers, [])
            try connection.execute(SQL.lastAnswer, [try move.source.lastAnswer()])
            for trigger in triggers where !trigger.contains("search_changes") { try connection.run(script: trigger) }
            try move.mark(.sqlite(connection))
        }
        connection.close()
        filled = nil
        try move.check(try state())
        try sync(newPath, O_RDWR)
        // With another file's log beside it, a file would be damaged.
        remove(path)
        guard rename(newPath, path) == 0 else { throw IndexError.readOnly }
        try sync(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".", O_RDONLY)
        return count
    }

    func abandon() {
        filled?.connection.close()
        filled = nil
        if hasBegun { remove(newPath) }
    }

    private func sync(_ path: String, _ flags: Int32) throws {
        let file = Glibc.open(path, flags | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, fsync(file) == 0 else { throw IndexError.readOnly }
    }

    private func remove(_ path: String) {
        for ending in ["", "-wal", "-shm", "-journal"] { unlink(path + ending) }
    }

    // MARK: The store is here

    func open() throws {
        let connection = try SQLiteConnection(path: path, .readWrite)
        try connection.run(script: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try connection.execute("UPDATE store SET moved_to = NULL", [])
    }
}

private enum SQL {
    static let triggers = "SELECT sql FROM sqlite_schema WHERE type = 'trigger'"
    static let triggerNames = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    static let forgetNumbers = "DELETE FROM sqlite_sequence WHERE name = 'answers'"
    static let lastAnswer = "INSERT INTO sqlite_sequence (name, seq) VALUES ('answers', ?)"
    static let lastText = """
        SELECT max(search_number) FROM (
            SELECT search_number FROM searched_texts WHERE search_number > ? ORDER BY search_number LIMIT ?
        )
        """
    static let addTexts = """
        INSERT INTO message_search (rowid, text)
            SELECT search_number, text FROM searched_texts WHERE search_number > ? AND search_number <= ?
            ORDER BY search_number
        """
}
