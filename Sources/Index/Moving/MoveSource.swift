import Glibc

/// The index that a store moves away from, opened beside whoever serves it. For one task.
///
/// While it has the write lock, nobody else writes: not a server on this file, and no node on this PostgreSQL. Reads go on.
package final class MoveSource {
    /// How long the write lock may take, in milliseconds. Servers have it for some at a time.
    private static let patience = 60_000

    package let storeID: String
    /// Where the store is, if not here any more.
    package let movedTo: String?
    let connection: IndexConnection
    /// What changes while rows are copied.
    var notes: ChangeNotes?
    /// Whether nobody else can write.
    private(set) var isLocked = false
    var index: Reader { Reader(connection: connection) }

    /// - Throws: ``IndexError``; ``IndexError/unknownSchema`` when there is no index, or one that a release must first
    ///   migrate.
    package init(at location: IndexLocation) throws {
        do {
            connection = try Self.open(location)
            let index = Reader(connection: connection)
            guard try index.isCurrent() else { throw IndexError.unknownSchema }
            guard let id = try index.storeID() else { throw IndexError.unknownSchema }
            (storeID, movedTo) = (id, try index.movedTo())
        } catch {
            throw IndexError.translating(error)
        }
    }

    private static func open(_ location: IndexLocation) throws -> IndexConnection {
        switch location {
        case .file(let path):
            guard access(path, F_OK) == 0 else { throw IndexError.unknownSchema }
            let connection = try SQLiteConnection(path: path, .readWrite)
            try connection.run(script: "PRAGMA synchronous = FULL; PRAGMA busy_timeout = \(patience)")
            return .sqlite(connection)
        case .postgreSQL(let server):
            let connection = try PostgreSQLConnection(reaching: server)
            try connection.run(
                script: """
                    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
                    SET lock_timeout = \(patience); SET enable_hashjoin = off; SET enable_mergejoin = off
                    """
            )
            return .postgreSQL(connection)
        }
    }

    // MARK: Contents

    /// The contents that there are, and those that an undo may bring back: at most `limit` after a key, in order.
    package func contents(after key: String, limit: Int) throws -> [MovedContent] {
        try translating { try index.all(SQL.contents, [key, limit, key, limit, limit]) }
    }

    /// Whether anything still says that there are bytes under a key.
    package func knows(_ key: String) throws -> Bool {
        try translating { try index.exists(SQL.knows, [key, key]) }
    }

    /// Whether bytes under a key are still wanted.
    package func needs(_ key: String) throws -> Bool {
        try translating { try index.exists(SQL.needs, [key, key]) }
    }

    package func amount() throws -> StoredAmount {
        try translating { try index.one(SQL.amount) ?? StoredAmount() }
    }

    /// Keeps whoever serves the index from removing bytes, for ten minutes.
    package func holdRemoval(_ id: String) throws {
        try write { _ = try $0.holdRemoval(id) }
    }

    package func endRemovalHold(_ id: String) throws {
        try write { try $0.endRemovalHold(id) }
    }

    // MARK: The switch

    /// Takes the write lock, and keeps it until ``leave(for:endingHold:)`` or ``unlock()``.
    ///
    /// - Throws: ``IndexError/busy`` or ``IndexError/unavailable`` when others keep it for a minute;
    ///   ``IndexError/moved(to:)`` when the store has moved meanwhile.
    package func lock() throws {
        try translating {
            switch connection {
            case .sqlite(let connection): try connection.execute("BEGIN IMMEDIATE TRANSACTION", [])
            case .postgreSQL(let connection):
                try connection.execute("SELECT pg_advisory_lock(?)", [PostgreSQLWriter.lock])
                connection.begin("ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            }
            isLocked = true
            if let place = try index.movedTo() { throw IndexError.moved(to: place) }
        }
    }

    /// Says in the index that the store is elsewhere from now on, and lets go of the lock.
    package func leave(for place: String, endingHold id: String) throws {
        let note = { [connection] in
            try connection.execute("UPDATE store SET moved_to = ?", [place])
            try connection.execute("DELETE FROM removal_holds WHERE id = ?", [id])
        }
        try translating {
            switch connection {
            case .sqlite(let connection):
                _ = try note()
                try connection.execute("COMMIT TRANSACTION", [])
                isLocked = false
            case .postgreSQL(let connection):
                // The lock is the session's, and stays.
                connection.rollBack()
                try connection.transaction { _ = try note() }
                unlock()
            }
        }
    }

    /// Lets go of the lock, whatever state this is in.
    package func unlock() {
        isLocked = false
        switch connection {
        case .sqlite(let connection):
            if connection.isInsideTransaction { _ = try? connection.execute("ROLLBACK TRANSACTION", []) }
        case .postgreSQL(let connection):
            connection.rollBack()
            _ = try? connection.execute("SELECT pg_advisory_unlock_all()", [])
        }
    }

    /// Runs `body` in a transaction with the write lock.
    func write(_ body: (Transaction) throws -> Void) throws {
        let tx = Transaction(connection: connection, now: .now(), announcements: Announcements())
        try translating {
            switch connection {
            case .sqlite(let connection): try connection.transaction { try body(tx) }
            case .postgreSQL(let connection):
                try connection.transaction {
                    try connection.execute("SELECT pg_advisory_xact_lock(?)", [PostgreSQLWriter.lock])
                    try body(tx)
                }
            }
        }
    }
}

/// Bytes that have a row, and how many they are.
package struct MovedContent: RowReadable, Sendable {
    package let key: String
    package let size: Int64

    init(row: inout Row) {
        key = row.next()
        size = row.next()
    }
}

/// Turns an engine's error into one of the index.
func translating<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch {
        throw IndexError.translating(error)
    }
}

private enum SQL {
    static let contents = """
        SELECT key, size FROM (SELECT key, size FROM blobs WHERE key > ? ORDER BY key LIMIT ?) AS stored
        UNION ALL
        SELECT key, size FROM (SELECT key, size FROM collected_blobs WHERE key > ? ORDER BY key LIMIT ?) AS collected
        ORDER BY key LIMIT ?
        """
    static let needs = "SELECT 1 FROM blobs WHERE key = ? UNION ALL SELECT 1 FROM collected_blobs WHERE key = ?"
    static let knows = "SELECT 1 FROM blobs WHERE key = ? UNION ALL SELECT 1 FROM doomed_keys WHERE key = ?"
    static let amount = "SELECT blob_count + collected_count, blob_bytes + collected_bytes FROM store"
}
