import GRDB
import Synchronization

/// Read-only connections to the index, each lent to one read at a time.
///
/// A read runs on the thread that asks. That is safe: in WAL mode no read waits for the writer or for another read,
/// and none waits for a connection, because one more is opened when all are lent. There are never more than threads
/// reading at the same moment. It is also why this is not GRDB's `DatabasePool`: handing a look-up of some
/// microseconds to a reader's queue and back costs several times the look-up, and the pool's synchronous read asks
/// for the schema version each time, although in one process the schema is settled before the first read.
final class Readers: Sendable {
    private struct State {
        var idle: [DatabaseQueue] = []
        var isClosed = false
    }

    private let path: String
    private let state = Mutex(State())

    /// Opens nothing yet.
    init(path: String) {
        self.path = path
    }

    /// Runs `body` in a transaction, so that all its queries see one snapshot.
    func read<T>(_ body: (Reader) throws -> T) throws -> T {
        let connection = try borrow()
        defer { giveBack(connection) }
        return try connection.unsafeRead { db in
            try db.cachedStatement(sql: "BEGIN DEFERRED TRANSACTION").execute()
            // A read has nothing to commit; ending it is all there is, and it cannot fail in a way that matters.
            defer { try? db.cachedStatement(sql: "COMMIT TRANSACTION").execute() }
            return try body(Reader(connection: SQLiteConnection(database: db)))
        }
    }

    /// Closes what is idle; a connection that is lent closes when it comes back.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle.removeAll()
        }
    }

    private func borrow() throws -> DatabaseQueue {
        let idle = try state.withLock { state in
            if state.isClosed { throw IndexError.closed }
            return state.idle.popLast()
        }
        return try idle ?? open()
    }

    private func open() throws -> DatabaseQueue {
        var configuration = Configuration.index
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private func giveBack(_ connection: DatabaseQueue) {
        state.withLock { state in
            if !state.isClosed { state.idle.append(connection) }
        }
    }
}
