import GRDB

/// What can be asked of the index, by a reader and inside a transaction alike.
///
/// The queries stand in `Queries/`, one file per resource, as extensions of this protocol.
package protocol Querying {
    /// The connection; only for this module's queries and its tests.
    var db: Database { get }
}

/// A snapshot of the index, valid inside the closure of `Index.read`.
package struct Reader: Querying {
    package let db: Database
}

/// A unit of work, valid inside the closure of `Index.write`.
package struct Transaction: Querying {
    package let db: Database
    /// The time of the group commit: the same for everything in the unit.
    package let now: Timestamp
    let announcements: Announcements
}

// Statements are compiled once per connection and found again by their text, so texts are constants with `?`.
extension Querying {
    func one<R: FetchableRecord>(_ sql: String, _ arguments: StatementArguments) throws -> R? {
        try R.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func all<R: FetchableRecord>(_ sql: String, _ arguments: StatementArguments = []) throws -> [R] {
        try R.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func count(_ sql: String) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: sql)) ?? 0
    }
}

extension Transaction {
    /// Runs one statement and answers how many rows it inserted, changed or deleted itself (cascades not counted).
    @discardableResult
    func execute(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
        return db.changesCount
    }
}
