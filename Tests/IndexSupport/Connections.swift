import CSQLite

@testable import Index

package typealias Database = IndexConnection

extension IndexConnection {
    /// A connection to a file of SQLite.
    package enum Access: Sendable { case readOnly, readWrite }

    package init(path: String, _ access: Access) throws {
        self = .sqlite(try SQLiteConnection(path: path, access == .readOnly ? .readOnly : .readWrite))
    }

    package func close() {
        if case .sqlite(let connection) = self { connection.close() }
    }

    #if DEBUG
        /// Called before each commit, which fails with what it throws.
        package var willCommit: (() throws -> Void)? {
            get {
                switch self {
                case .sqlite(let connection): connection.willCommit
                case .postgreSQL(let connection): connection.willCommit
                }
            }
            nonmutating set {
                switch self {
                case .sqlite(let connection): connection.willCommit = newValue
                case .postgreSQL(let connection): connection.willCommit = newValue
                }
            }
        }
    #endif

    /// Runs a statement; without arguments it may be several.
    package func execute(sql: String, arguments: [(any Storable)?] = []) throws {
        if arguments.isEmpty { try run(script: sql) } else { try execute(sql, arguments) }
    }

    /// Says what is executed from now on, with its values, until `told` is nil.
    package func trace(_ told: (@Sendable (String) -> Void)?) {
        guard case .sqlite(let connection) = self else { preconditionFailure("Only SQLite is traced.") }
        let handle = connection.handle
        guard let told else { return _ = sqlite3_trace_v2(handle, 0, nil, nil) }
        let context = Unmanaged.passRetained(Listener(told)).toOpaque()
        sqlite3_trace_v2(
            handle,
            CUnsignedInt(SQLITE_TRACE_STMT),
            { _, context, statement, _ in
                guard let text = sqlite3_expanded_sql(OpaquePointer(statement)) else { return 0 }
                Unmanaged<Listener>.fromOpaque(context!).takeUnretainedValue().told(String(cString: text))
                sqlite3_free(text)
                return 0
            },
            context
        )
    }

    private final class Listener {
        let told: @Sendable (String) -> Void
        init(_ told: @escaping @Sendable (String) -> Void) { self.told = told }
    }
}

extension Querying {
    /// What they stand on, for tests that look below the queries.
    package var db: IndexConnection { connection }
}

extension Storable {
    /// The first column of the first row; nil when there is none, or for NULL.
    package static func fetchOne(
        _ db: IndexConnection,
        sql: String,
        arguments: [(any Storable)?] = []
    ) throws -> Self? {
        try Reader(connection: db).one(sql, arguments)
    }

    /// The first column of each row.
    package static func fetchAll(
        _ db: IndexConnection,
        sql: String,
        arguments: [(any Storable)?] = []
    ) throws -> [Self] {
        try Reader(connection: db).all(sql, arguments)
    }
}

/// A step of a plan: its number, that of the step it belongs to, nothing, and what it does.
private struct Step: RowReadable {
    let detail: String

    init(row: inout Row) {
        for _ in 0..<3 { let _: Int = row.next() }
        detail = row.next()
    }
}

extension Querying {
    /// What SQLite would do for a statement, step by step.
    package func plan(of sql: String) throws -> [String] {
        let steps: [Step] = try all("EXPLAIN QUERY PLAN " + sql, [])
        return steps.map(\.detail)
    }
}
