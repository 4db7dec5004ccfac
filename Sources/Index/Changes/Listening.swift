extension SQLiteIndex {
    /// The number of the latest change: go on from here to see only what comes.
    package var lastChangeNumber: Int64 { feed.lastNumber }

    /// What has been committed in a channel, or in all of a user, after the change of that number; nil when it is too long
    /// ago to know, or was before this start of the process, or is no number of a change: then what is of interest must be
    /// read anew.
    ///
    /// - Parameter limit: how many changes at most; there may be more after them.
    package func changes(of topic: Topic, after number: Int64, limit: Int = .max) -> ChangeBatch? {
        feed.changes(of: topic, after: number, limit: limit)
    }

    /// The number to go on from for a listener who has heard nothing after `number`: the newest, so that who listens to
    /// something quiet does not fall behind; or the same when there is something to hear by now.
    package func quietNumber(of topic: Topic, after number: Int64) -> Int64 {
        guard let batch = changes(of: topic, after: number, limit: 1), batch.changes.isEmpty else { return number }
        return batch.last
    }

    /// Looks until there is something to see: at once, and again after every commit that changes `topic`; nil when
    /// there is still nothing at `deadline`.
    ///
    /// For long-polls. Between the looks it costs no thread and no timer. Throws what `look` throws,
    /// `CancellationError` at once when the task is cancelled, and ``IndexError/closed``.
    ///
    /// - Parameter onStart: gets a function that ends the wait as cancelling the task would: for a caller who learns that
    ///   nobody waits any more, and need not have a task of its own for that.
    package func wait<T: Sendable>(
        for topic: Topic,
        until deadline: ContinuousClock.Instant,
        onStart: (_ cancel: @escaping @Sendable () -> Void) -> Void = { _ in },
        _ look: @Sendable () async throws -> T?
    ) async throws -> T? {
        let waiter = feed.doorbells.register(topic, until: deadline)
        defer { feed.doorbells.unregister(waiter, topic) }
        onStart { [doorbells = feed.doorbells] in doorbells.cancel(waiter) }
        while true {
            if let seen = try await look() { return seen }
            switch await feed.doorbells.wait(waiter) {
            case .rung: continue
            case .timeIsUp: return nil
            case .cancelled: throw CancellationError()
            case .closed: throw IndexError.closed
            }
        }
    }

    /// Ends every wait with ``IndexError/closed``, also those to come: the server is about to stop.
    package func endWaits() {
        feed.close()
    }
}
