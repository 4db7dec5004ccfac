/// The rows of a store on their way from one engine to the other, while others write. For one task.
///
/// First all are copied, in pages: each as it was at some moment, but what has changed since is noted. Then what is
/// noted is copied anew, from one snapshot: so the target is what the source was at that moment. This is done again
/// until little is left, and for the last time while nobody can write.
final class RowMove {
    let source: MoveSource
    let tables: [IndexTable]
    let place: String
    /// Gets how many rows were copied since it was called last, while no transaction of the source is open.
    let tell: (Int) throws -> Void

    init(
        from source: MoveSource,
        bytesMove: Bool,
        leavingStoreAt place: String,
        _ tell: @escaping (Int) throws -> Void
    ) throws {
        (self.source, self.place, self.tell) = (source, place, tell)
        tables = try IndexTable.all(bytesMove: bytesMove)
    }

    /// Looks once more, because hours may have gone by: what is in use by now is not overwritten.
    ///
    /// - Throws: ``IndexError/foreignStore``.
    func check(_ state: IndexState?) throws {
        guard let state, state.storeID != source.storeID || state.movedTo == nil else { return }
        throw IndexError.foreignStore
    }

    /// Copies all rows. Two that were read at different moments may have the same value where only one may: the older
    /// one has changed since, and is copied anew later.
    func copyAll(into index: IndexConnection) throws {
        for table in tables {
            try index.add(to: table, replacing: true) { store in try source.copy(table, store, pause: tell) }
        }
    }

    /// Brings over what has changed since the last time. Then the target is what the source is in this snapshot.
    ///
    /// - Parameter counting: whether the rows of all tables are counted at both ends.
    /// - Returns: how many rows that were.
    /// - Throws: ``IndexError/lostRows(table:)``, ``IndexError/missingReference``, ``IndexError/notesGone``.
    func follow(into index: IndexConnection, counting: Bool = false) throws -> Int {
        try source.snapshot {
            guard let first = tables.first, try source.notes?.areKept(in: source.connection, of: first) == true else {
                throw IndexError.notesGone
            }
            var counts: [(table: IndexTable, count: Int)] = []
            for table in tables {
                let count = try replace(table, in: index)
                if count > 0 { counts.append((table, count)) }
            }
            for (table, _) in counts { try checkReferences(of: table, in: index) }
            if counting { try count(in: index) }
            return counts.reduce(0) { $0 + $1.count }
        }
    }

    private func replace(_ table: IndexTable, in index: IndexConnection) throws -> Int {
        let (keys, connection) = (Self.keys(table), source.connection)
        return try source.notes?.read(
            of: table,
            in: connection,
            keys: { read in
                try index.run(
                    script: "CREATE TEMP TABLE \(keys) AS SELECT \(table.keyList) FROM \(table.name) WHERE false"
                )
                try index.add(to: keys, table.key, body: read)
                let noted = "(\(table.keyList)) IN (SELECT \(table.keyList) FROM \(keys))"
                try index.run(script: "DELETE FROM \(table.name) WHERE \(noted)")
            },
            rows: { read in try index.add(to: table, replacing: false, read) }
        ) ?? 0
    }

    /// Of the rows that were replaced. All rows are looked at before anybody waits for it.
    private func checkReferences(of table: IndexTable, in index: IndexConnection) throws {
        let keys = Self.keys(table)
        for reference in table.references {
            let isBroken = try Reader(connection: index).exists(reference.broken(in: table, keys: keys))
            if isBroken { throw IndexError.missingReference }
        }
        try index.run(script: "DROP TABLE \(keys)")
    }

    private static func keys(_ table: IndexTable) -> String { "changed_\(table.name)" }

    /// Notes that the store is not there yet.
    func mark(_ index: IndexConnection) throws { try index.execute(SQL.leave, [place]) }

    private func count(in index: IndexConnection) throws {
        for table in tables {
            let (there, here): (Int?, Int?) =
                (try source.index.one(table.count), try Reader(connection: index).one(table.count))
            guard there == here else { throw IndexError.lostRows(table: table.name) }
        }
    }
}

extension IndexConnection {
    /// Adds rows to a table by the fastest way that the engine has.
    fileprivate func add(
        to table: IndexTable,
        replacing: Bool,
        _ body: ((([StoredValue]) throws -> Void) throws -> Void)
    ) throws {
        try add(to: table.name, table.columns, verb: replacing ? "INSERT OR REPLACE" : "INSERT", body: body)
    }

    fileprivate func add(
        to table: String,
        _ columns: [String],
        verb: String = "INSERT",
        body: ((([StoredValue]) throws -> Void) throws -> Void)
    ) throws {
        let list = IndexTable.list(columns)
        switch self {
        case .sqlite(let connection):
            let marks = columns.map { _ in "?" }.joined(separator: ", ")
            let insertion = "\(verb) INTO \(table) (\(list)) VALUES (\(marks))"
            try body { try connection.execute(insertion, $0) }
        // Its constraints are made when all rows are there.
        case .postgreSQL(let connection): try connection.copy(into: "\(table) (\(list))", body)
        }
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
