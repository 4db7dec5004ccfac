/// The index that a store moves to. Nobody uses it before ``open()``: until then it says that the store is elsewhere. For
/// one task.
package final class MoveTarget {
    private enum Engine {
        case file(MovedFile)
        case postgreSQL(MovedDatabase)
    }

    private let engine: Engine
    /// Whether it has the rows of an earlier move of this store, and is not in use.
    package let isFilled: Bool
    /// Whether the store is there already, and in use.
    package let isInUse: Bool

    /// Looks at what is there, and changes nothing.
    ///
    /// - Throws: ``IndexError/foreignStore`` when another store has it; ``IndexError``.
    package init(at location: IndexLocation, of storeID: String) throws {
        let state: IndexState?
        do {
            switch location {
            case .file(let path):
                let file = MovedFile(path: path)
                (engine, state) = (.file(file), try file.state())
            case .postgreSQL(let server):
                let database = try MovedDatabase(server)
                (engine, state) = (.postgreSQL(database), try database.state())
            }
        } catch {
            throw IndexError.translating(error)
        }
        if let state, state.storeID != storeID { throw IndexError.foreignStore }
        isFilled = state?.movedTo != nil
        isInUse = state != nil && state?.movedTo == nil
    }

    /// Takes all rows over, in one transaction. After an error nothing has changed there.
    ///
    /// Throws ``IndexError/foreignStore`` when somebody has begun to use it meanwhile.
    ///
    /// - Parameters:
    ///   - source: has its write lock.
    ///   - place: where the store is now, until this index is opened.
    ///   - tell: gets how many rows were copied since it was called last.
    package func fill(
        from source: MoveSource,
        bytesMove: Bool,
        leavingStoreAt place: String,
        _ tell: @escaping (Int) throws -> Void
    ) throws {
        let move = RowMove(source: source, tables: try IndexTable.all(bytesMove: bytesMove), place: place, tell: tell)
        try translating {
            switch engine {
            case .file(let file): try file.fill(move)
            case .postgreSQL(let database): try database.fill(move)
            }
        }
    }

    /// From now on the store is here.
    package func open() throws {
        try translating {
            switch engine {
            case .file(let file): try file.open()
            case .postgreSQL(let database): try database.open()
            }
        }
    }
}

extension MoveTarget {
    /// Makes what a search needs to be fast, and what takes too long to make before. May be done again.
    package func makeSearchIndex() throws {
        guard case .postgreSQL(let database) = engine else { return }
        try translating { try database.makeSearchIndex() }
    }
}

/// What an index says of itself.
struct IndexState: RowReadable {
    let storeID: String
    let movedTo: String?

    init(row: inout Row) {
        storeID = row.next()
        movedTo = row.next()
    }
}

extension Querying {
    func state() throws -> IndexState? { try one("SELECT id, moved_to FROM store") }

    /// Whether all files of the schema have run, and no others.
    func isCurrent() throws -> Bool {
        guard isPostgreSQL else { return try one("PRAGMA user_version") == Schema.files.count }
        return try PostgreSQLSchema.number(of: self) == PostgreSQLSchema.files.count
    }
}

/// The rows on their way from one engine to the other.
struct RowMove {
    /// After how many rows progress is told.
    private static let step = 1000

    let source: MoveSource
    let tables: [IndexTable]
    let place: String
    let tell: (Int) throws -> Void

    /// Looks once more, because hours may have gone by: what is in use by now is not overwritten.
    ///
    /// - Throws: ``IndexError/foreignStore``.
    func check(_ state: IndexState?) throws {
        guard let state, state.storeID != source.storeID || state.movedTo == nil else { return }
        throw IndexError.foreignStore
    }

    /// Passes all rows of a table on, and returns how many there were.
    func copy(_ table: IndexTable, _ store: (TableRow) throws -> Void) throws -> Int {
        var count = 0
        try source.rows(of: table) { row in
            try store(row)
            count += 1
            if count.isMultiple(of: Self.step) { try tell(Self.step) }
        }
        try tell(count % Self.step)
        return count
    }

    /// Makes sure that all rows are there, and notes that the store is not.
    func finish(_ counts: [String: Int], in index: IndexConnection) throws {
        let reader = Reader(connection: index)
        for (table, count) in counts {
            let found: Int? = try reader.one("SELECT count(*) FROM \(table)")
            guard found == count else { throw IndexError.lostRows(table: table) }
        }
        try index.execute(SQL.leave, [place])
    }
}

private enum SQL {
    /// Of these not all are moved, and no trigger has counted those that were.
    static let leave = """
        UPDATE store SET moved_to = ?, doomed_count = (SELECT count(*) FROM doomed_keys), upload_bytes = (
            SELECT coalesce(sum(min(length, received + 8388608)), 0) FROM partial_uploads WHERE received < length
        )
        """
}
