/// What can be asked of the index, by readers and inside a transaction.
///
/// The queries stand in `Queries/`, one file per resource, as extensions of this protocol.
package protocol Querying {
    /// For this module's queries and the tests only.
    var connection: IndexConnection { get }
}

/// A snapshot of the index, valid inside the closure of `StoreIndex.read`.
package struct Reader: Querying {
    package let connection: IndexConnection
}

/// A unit of work, valid inside the closure of `StoreIndex.write`.
package struct Transaction: Querying {
    package let connection: IndexConnection
    /// The time of the group commit, which is the same for the whole unit.
    package let now: Timestamp
    let announcements: Announcements
    /// Who acts, for the audit log.
    private(set) var origin = Origin.server

    init(connection: IndexConnection, now: Timestamp, announcements: Announcements) {
        (self.connection, self.now, self.announcements) = (connection, now, announcements)
    }

    /// The same unit, with somebody else as the one who acts.
    func acting(as origin: Origin) -> Transaction {
        var unit = self
        unit.origin = origin
        return unit
    }
}

/// How much a read may bring, in bytes: set where a large one would hold up others.
package enum ReadLimit {
    /// A read of messages or lists that weigh more throws ``IndexError/tooLarge``.
    @TaskLocal package static var bytes = Int.max
    /// What an event loop reads and writes, at most.
    package static let small = 65_536

    /// A search may read much more than it finds, so it is never small.
    static func refuseSearch() throws(IndexError) {
        guard bytes == .max else { throw .tooLarge }
    }
}

// All statements go through these. Their texts are constants with `?`, because a connection finds a compiled statement
// by its text.
extension Querying {
    /// The first row of the answer; nil when there is none.
    func one<Value: RowReadable>(_ sql: String, _ arguments: Arguments = []) throws -> Value? {
        var value: Value?
        try connection.rows(sql, arguments) { row in
            value = row.read()
            return false
        }
        return value
    }

    /// The first column of the answer's first row; nil when there is no row, or for NULL.
    func one<Value: Storable>(_ sql: String, _ arguments: Arguments = []) throws -> Value? {
        var value: Value?
        try connection.rows(sql, arguments) { row in
            var row = row
            value = row.next()
            return false
        }
        return value
    }

    /// All rows of the answer.
    func all<Value: RowReadable>(_ sql: String, _ arguments: Arguments = []) throws -> [Value] {
        var values: [Value] = []
        try connection.rows(sql, arguments) { row in
            values.append(row.read())
            return true
        }
        return values
    }

    /// The first column of every row of the answer.
    func all<Value: Storable>(_ sql: String, _ arguments: Arguments = []) throws -> [Value] {
        var values: [Value] = []
        try connection.rows(sql, arguments) { row in
            var row = row
            values.append(row.next())
            return true
        }
        return values
    }

    /// An answer with two columns, the second by the first.
    func dictionary<Key: Storable & Hashable, Value: Storable>(
        _ sql: String,
        _ arguments: Arguments
    ) throws -> [Key: Value] {
        var dictionary: [Key: Value] = [:]
        try connection.rows(sql, arguments) { row in
            var row = row
            let key: Key = row.next()
            dictionary[key] = row.next() as Value
            return true
        }
        return dictionary
    }

    /// Whether the answer has a row.
    func exists(_ sql: String, _ arguments: Arguments = []) throws -> Bool {
        var exists = false
        try connection.rows(sql, arguments) { _ in
            exists = true
            return false
        }
        return exists
    }
}

extension Transaction {
    /// Runs one statement. Returns how many rows it inserted, changed or deleted itself; cascades do not count.
    @discardableResult
    func execute(_ sql: String, _ arguments: Arguments = []) throws -> Int {
        try connection.execute(sql, arguments)
    }
}
