import Synchronization

/// Read-only connections to the index, each lent to one read at a time.
///
/// A read runs on the calling thread. That is safe: in WAL mode a read waits neither for the writer nor for other
/// reads, and it does not wait for a connection either, because another one is opened when all are lent. So there are
/// at most as many connections as threads that read at the same moment.
///
/// A read ends early with `CancellationError` once its task is cancelled. Inside a transaction of the writer nothing does.
///
/// No queue is between: handing a look-up of a few microseconds to another thread and back costs several times the
/// look-up.
final class SQLiteReaders: Sendable {
    private struct State {
        var idle: [SQLiteConnection] = []
        var isClosed = false
    }

    private let path: String
    private let state = Mutex(State())

    /// Opens no connection yet.
    init(path: String) {
        self.path = path
    }

    /// Runs `body` in a transaction, so that all its queries see one snapshot.
    func read<T>(_ body: (Reader) throws -> T) throws -> T {
        let connection = try borrow()
        var isReusable = false
        defer { if isReusable { giveBack(connection) } }
        try connection.execute("BEGIN DEFERRED TRANSACTION", [])
        // A read has nothing to commit, so this only ends it. It fails when the task is cancelled at this moment.
        defer { isReusable = (try? connection.execute("COMMIT TRANSACTION", [])) != nil }
        return try body(Reader(connection: .sqlite(connection)))
    }

    /// Closes idle connections. A lent one is closed when it comes back.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle.removeAll()
        }
    }

    private func borrow() throws -> SQLiteConnection {
        let idle = try state.withLock { state in
            if state.isClosed { throw IndexError.closed }
            return state.idle.popLast()
        }
        return try idle ?? open()
    }

    private func open() throws -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, .readOnly)
        Functions.stopWithTask(connection)
        return connection
    }

    private func giveBack(_ connection: SQLiteConnection) {
        state.withLock { state in
            if !state.isClosed { state.idle.append(connection) }
        }
    }
}
