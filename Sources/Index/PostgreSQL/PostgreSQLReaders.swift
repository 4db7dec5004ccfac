import Dispatch
import Synchronization

/// Connections to PostgreSQL that only read, each with a thread of its own while it is busy: a read waits for the server,
/// and an event loop must not. What comes when all are busy waits in line.
///
/// A read ends early with `CancellationError` once its task is cancelled.
final class PostgreSQLReaders: Sendable {
    /// How many connections a node has for reads.
    static let count = 8

    /// A read that waits for a lane.
    private struct Work: Sendable {
        let run: @Sendable (ReadLane) -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var idle: [ReadLane]
        /// The last to come is last.
        var arrived: [Work] = []
        /// Those that came before, the last to come first.
        var ahead: [Work] = []
        var isClosed = false

        mutating func next() -> Work? {
            if ahead.isEmpty { (ahead, arrived) = (arrived.reversed(), []) }
            return ahead.popLast()
        }
    }

    private let state: Mutex<State>

    /// Opens no connection yet.
    init(_ server: PostgreSQLServer) {
        state = Mutex(State(idle: (0..<Self.count).map { _ in ReadLane(server) }))
    }

    /// Runs `body` in a transaction, so that all its queries see one snapshot; once more when the connection was lost.
    func read<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
        let cancellation = Cancellation()
        // It belongs to the task, and `body` runs on another thread.
        let limit = ReadLimit.bytes
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let run: @Sendable (ReadLane) -> Void = { lane in
                    let result = Result {
                        try lane.read(cancellation) { reader in
                            try ReadLimit.$bytes.withValue(limit) { try body(reader) }
                        }
                    }
                    continuation.resume(with: result)
                    lane.endTransaction()
                    self.release(lane)
                }
                enqueue(Work(run: run) { continuation.resume(throwing: $0) })
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Refuses what waits and what comes. Connections are closed as they become idle.
    func close() {
        let refused = state.withLock { state in
            defer { (state.isClosed, state.idle, state.arrived, state.ahead) = (true, [], [], []) }
            return state.ahead + state.arrived
        }
        for work in refused { work.fail(IndexError.closed) }
    }

    private func enqueue(_ work: Work) {
        let (lane, isClosed) = state.withLock { state in
            let lane = state.isClosed ? nil : state.idle.popLast()
            if lane == nil, !state.isClosed { state.arrived.append(work) }
            return (lane, state.isClosed)
        }
        if isClosed { work.fail(IndexError.closed) }
        lane?.start(work.run)
    }

    private func release(_ lane: ReadLane) {
        let next = state.withLock { state in
            let next = state.next()
            if next == nil, !state.isClosed { state.idle.append(lane) }
            return next
        }
        if let next { lane.start(next.run) }
    }
}

/// A connection that reads, and its thread. All but `start` is called on that thread.
final class ReadLane: @unchecked Sendable {
    private let server: PostgreSQLServer
    private let queue = DispatchQueue(label: "index.read")
    private var connection: PostgreSQLConnection?

    init(_ server: PostgreSQLServer) { self.server = server }

    func start(_ body: @escaping @Sendable (ReadLane) -> Void) {
        queue.async { body(self) }
    }

    /// A connection that is lost is replaced once: it may have been idle for long, or the server was restarted.
    func read<T>(_ cancellation: Cancellation, _ body: (Reader) throws -> T) throws -> T {
        do {
            return try read(on: try opened(), cancellation, body)
        } catch let error as PostgreSQLError where error.isLoss && connection != nil {
            return try read(on: try opened(), cancellation, body)
        }
    }

    /// - Throws: with no connection left, when there cannot be another one.
    private func opened() throws -> PostgreSQLConnection {
        if let connection, connection.isOpen { return connection }
        connection = nil
        let opened = try PostgreSQLConnection(to: server)
        // A check reads all tables. Nobody waits for a read, and it ends with its task.
        try opened.run(script: "SET statement_timeout = '10min'")
        connection = opened
        return opened
    }

    private func read<T>(
        on connection: PostgreSQLConnection,
        _ cancellation: Cancellation,
        _ body: (Reader) throws -> T
    ) throws -> T {
        try cancellation.stopping(connection) {
            connection.begin("ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return try body(Reader(connection: .postgreSQL(connection)))
        }
    }

    /// There is nothing to commit. The caller need not wait for it.
    func endTransaction() { connection?.rollBack() }
}

/// Whether a read is to stop, because nobody waits for it any more.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var connection: PostgreSQLConnection?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Returns at once; the server is told on another thread.
    func cancel() {
        let isRunning = state.withLock { state in
            state.isCancelled = true
            return state.connection != nil
        }
        guard isRunning else { return }
        // Under the lock: the connection is not lent to anybody else before the server has heard.
        DispatchQueue.global().async { [self] in state.withLock { $0.connection?.cancel() } }
    }

    /// Runs `body`, whose statements on the connection stop once it is cancelled.
    ///
    /// - Throws: `CancellationError` then.
    func stopping<T>(_ connection: PostgreSQLConnection, _ body: () throws -> T) throws -> T {
        state.withLock { $0.connection = connection }
        connection.cancellation = self
        defer {
            connection.cancellation = nil
            state.withLock { $0.connection = nil }
        }
        do {
            return try body()
        } catch let error as PostgreSQLError where error.isCancellation && isCancelled {
            throw CancellationError()
        }
    }
}
