/// The index that a store moves to. Nobody uses it before ``open()``: until then it says that the store is elsewhere. For
/// one task.
package final class MoveTarget {
    private enum Engine {
        case file(MovedFile)
        case postgreSQL(MovedDatabase)
    }

    private let engine: Engine
    private var move: RowMove?
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

    /// Begins to note what changes at the source, and copies all rows while others write there. Nobody sees them yet.
    ///
    /// Throws ``IndexError/foreignStore`` when somebody has begun to use it meanwhile, and ``IndexError/notesGone`` when
    /// somebody has ended the noting.
    ///
    /// - Parameters:
    ///   - place: where the store is now, until this index is opened.
    ///   - tell: gets how many rows were copied since it was called last. It may write to the source.
    package func fill(
        from source: MoveSource,
        bytesMove: Bool,
        leavingStoreAt place: String,
        _ tell: @escaping (Int) throws -> Void
    ) throws {
        try translating {
            let move = try RowMove(from: source, bytesMove: bytesMove, leavingStoreAt: place, tell)
            self.move = move
            try source.note(move.tables)
            switch engine {
            case .file(let file): try file.fill(move)
            case .postgreSQL(let database): try database.fill(move)
            }
        }
    }

    /// Brings over what has changed since the last time, and returns how many rows that were.
    package func follow() throws -> Int {
        guard let move else { return 0 }
        return try translating {
            switch engine {
            case .file(let file): try file.follow(move)
            case .postgreSQL(let database): try move.follow(into: database.connection)
            }
        }
    }

    /// The same while the source is locked, and makes all rows durable, in one step. What takes long is left to
    /// ``makeWhole()``.
    package func complete() throws -> Int {
        guard let move else { return 0 }
        return try translating {
            switch engine {
            case .file(let file): try file.complete(move)
            case .postgreSQL(let database): try database.complete(move)
            }
        }
    }

    /// Gives up what ``complete()`` has not made durable.
    package func abandon() {
        switch engine {
        case .file(let file): file.abandon()
        case .postgreSQL(let database): database.abandon()
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
    /// Makes what takes too long to make before, beside whoever uses it by now. May be done again.
    package func makeWhole() throws {
        guard case .postgreSQL(let database) = engine else { return }
        try translating { try database.makeWhole() }
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
