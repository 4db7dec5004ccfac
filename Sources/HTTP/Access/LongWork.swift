import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// Runs what may take long: lists, searches, counts, and large bodies and answers. The event loops, which everybody
/// shares, then only ever do work that is small.
///
/// It has a few threads, and each caller gets some of them in turn (``Turns``). Work ends when its time is over or its
/// client hangs up: its task is cancelled, and what the index reads stops within a millisecond.
package struct LongWork: Sendable {
    /// There is one for the process, as there is one set of processors.
    package static let ofProcess = LongWork()

    /// How long a piece of work may take, its wait for a turn included.
    package static let limit = Duration.seconds(10)
    /// How many pieces of one caller's work may wait for their turn.
    package static let waitingPerCaller = 64

    /// The JSON bodies that are more than small: so many may arrive or be parsed at a time, each of up to 8 MiB. What
    /// they take of the memory is bounded by that.
    package static let bodies = Turns<String>(places: 32, perKey: 8, waitingPerKey: Self.waitingPerCaller)

    /// Whether the running task has a turn already, and must not wait for another.
    @TaskLocal private static var hasTurn = false

    private let threads: WorkThreads
    private let turns: Turns<String>
    private let limit: Duration

    /// Twice as many threads as processors, of which a caller may have half: alone it can use the whole machine, and
    /// when it does, others find a thread at once and share the processors with it.
    package init(
        processors: Int = System.coreCount,
        waitingPerCaller: Int = Self.waitingPerCaller,
        limit: Duration = Self.limit
    ) {
        threads = WorkThreads(count: 2 * processors)
        turns = Turns(places: 2 * processors, perKey: processors, waitingPerKey: waitingPerCaller)
        self.limit = limit
    }

    /// Runs `work` on a thread for such work.
    ///
    /// - Parameter caller: whose turn it takes: a user's id, or an address.
    /// - Throws: ``APIError`` 429 when too much of the caller waits, 503 when the time is over; what `work` throws.
    package func run<Value: Sendable>(
        for caller: String,
        on connection: Connection,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if Self.hasTurn { return try await work() }
        let end = ContinuousClock.now + limit
        let task = Task(executorPreference: threads) { [turns] in
            try await turns.run(caller) { try await Self.$hasTurn.withValue(true, operation: work) }
        }
        let timer = Task {
            try await Task.sleep(until: end, clock: .continuous)
            task.cancel()
        }
        defer { timer.cancel() }
        connection.onHangUp { task.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch is CancellationError where ContinuousClock.now >= end {
            throw APIError.tookTooLong(limit)
        }
    }
}

/// Runs jobs of Swift concurrency on threads of their own.
private final class WorkThreads: TaskExecutor {
    private let pool: NIOThreadPool

    init(count: Int) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

extension Connected {
    /// Runs work that may take long, in the caller's turn (see ``LongWork``).
    package func inTurn<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await LongWork.ofProcess.run(for: payer, on: connection, work)
    }

    /// Runs work here, or in the caller's turn when it is large.
    package func inTurn<Value: Sendable>(
        if isLarge: Bool,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        isLarge ? try await inTurn(work) : try await work()
    }
}

/// The same handler, run in the caller's turn: for routes whose work grows with what is stored.
package func inTurn<Context: RequestContext & Connected>(
    _ handler: @escaping @Sendable (Request, Context) async throws -> Response
) -> @Sendable (Request, Context) async throws -> Response {
    { request, context in try await context.inTurn { try await handler(request, context) } }
}

extension APIError {
    fileprivate static func tookTooLong(_ limit: Duration) -> APIError {
        APIError(
            .serviceUnavailable,
            "This took longer than \(limit.components.seconds) s; ask for less, or later",
            headers: [.retryAfter: "5"]
        )
    }
}
