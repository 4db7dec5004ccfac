import Synchronization

extension StoreIndex {
    /// The number of the latest change. Go on from here to see only what is new.
    package var lastChangeNumber: Int64 { feed.lastNumber }

    /// The changes of a channel or a user after a number. Nil when that number is too old, or is from an earlier run of
    /// the process, or never was a number: the caller then has to read its state anew.
    ///
    /// - Parameter limit: at most this many changes; more may follow.
    package func changes(of topic: Topic, after number: Int64, limit: Int = .max) -> ChangeBatch? {
        feed.changes(of: topic, after: number, limit: limit)
    }

    /// Where a listener goes on that has heard nothing since `number`. That is the newest number, so that the listener
    /// of a quiet topic does not fall behind; or `number` itself if there is something to hear by now.
    package func quietNumber(of topic: Topic, after number: Int64) -> Int64 {
        guard let batch = changes(of: topic, after: number, limit: 1), batch.changes.isEmpty else { return number }
        return batch.last
    }

    /// Calls `look` until it returns something: at once, and again after every commit that changes one of `topics`. Nil
    /// when there is still nothing at `deadline`.
    ///
    /// For long-polls. Between the looks it costs no thread and no timer. A wait for a caller also names ``Topic/access(_:)``
    /// and looks by ``read(by:_:)``: then it ends at once when the key or session does.
    ///
    /// - Parameter onStart: receives a function that ends the wait as cancelling the task would. A caller that learns
    ///   of a closed connection then needs no task of its own.
    /// - Throws: what `look` throws; `CancellationError` at once when the task is cancelled; ``IndexError/closed``.
    package func wait<T: Sendable>(
        for topics: Topic...,
        until deadline: ContinuousClock.Instant,
        onStart: (_ cancel: @escaping @Sendable () -> Void) -> Void = { _ in },
        _ look: @Sendable () async throws -> T?
    ) async throws -> T? {
        let wait = startWait(for: topics, until: deadline)
        onStart(wait.cancellation)
        while true {
            if let seen = try await look() { return seen }
            await wait.park()
            if try wait.isOver() { return nil }
        }
    }

    /// Begins a wait as ``wait(for:until:onStart:_:)`` does, for a caller that goes on with it in other tasks. It ends
    /// with its last reference.
    package func startWait(for topics: [Topic], until deadline: ContinuousClock.Instant) -> Wait {
        Wait(feed.doorbells, topics, until: deadline)
    }

    /// Ends every wait with ``IndexError/closed``, now and later, because the server is about to stop.
    package func endWaits() {
        feed.close()
    }
}

/// One that waits for changes. It hears of all from its start on: what happens while it looks ends the next ``park()``
/// at once.
package final class Wait: Sendable {
    private let doorbells: Doorbells
    private let topics: [Topic]
    private let waiter: Waiter
    private let lastCall = Mutex(Doorbells.Call.rung)

    fileprivate init(_ doorbells: Doorbells, _ topics: [Topic], until deadline: ContinuousClock.Instant) {
        (self.doorbells, self.topics) = (doorbells, topics)
        waiter = doorbells.register(topics, until: deadline)
    }

    deinit { doorbells.unregister(waiter, topics) }

    /// Ends the wait as cancelling the task would. It does not hold it.
    package var cancellation: @Sendable () -> Void {
        { [doorbells, waiter] in doorbells.cancel(waiter) }
    }

    /// Returns when there may be something to see, or the wait is over.
    package func park() async {
        let call = await doorbells.wait(waiter)
        lastCall.withLock { $0 = call }
    }

    /// Whether its time is up.
    ///
    /// - Throws: `CancellationError` when it was cancelled; ``IndexError/closed`` when the server is about to stop.
    package func isOver() throws -> Bool {
        switch lastCall.withLock({ $0 }) {
        case .rung: return false
        case .timeIsUp: return true
        case .cancelled: throw CancellationError()
        case .closed: throw IndexError.closed
        }
    }
}
